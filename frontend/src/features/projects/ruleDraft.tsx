/** Rules of a project while they are changed, and the row that saves them. */
import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  changeProject,
  type LearningRules,
  type Project,
  type ReadingRules,
} from '../../api/projects';
import { Failed } from '../../ui/Loaded';
import { t } from '../../words/t';
import styles from './ProjectPage.module.css';

/** A draft of rules over what is saved, and how to save it. */
export function useRules<R extends ReadingRules | LearningRules>(
  project: Project,
  part: 'reading_rules' | 'learning_rules',
  saved: R,
) {
  const client = useQueryClient();
  const [change, setChange] = useState<Partial<R>>({});
  const draft: R = { ...saved, ...change };
  const save = useMutation({
    mutationFn: () => changeProject(project.id, { [part]: draft }),
    onSuccess: (next) => {
      client.setQueryData(['project', project.id, 'detail'], next);
      setChange({});
    },
  });
  const set = (next: Partial<R>) => setChange((before) => ({ ...before, ...next }));
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  return { draft, set, save, isChanged };
}

interface SaveProps {
  rules: { save: { mutate: () => void; isPending: boolean; error: unknown }; isChanged: boolean };
}

export function SaveRow({ rules }: SaveProps) {
  return (
    <>
      <Failed error={rules.save.error} />
      <Group>
        <Button
          disabled={!rules.isChanged}
          loading={rules.save.isPending}
          onClick={() => rules.save.mutate()}
        >
          {t('Save')}
        </Button>
        <span className={styles.muted}>
          {rules.isChanged ? t('Not saved yet; holds for cases opened from then on.') : t('Saved.')}
        </span>
      </Group>
    </>
  );
}
