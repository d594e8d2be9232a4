/** Saved cohorts: one click shows their studies; what the list is narrowed to can be saved. */
import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  type Cohort,
  cohortsQuery,
  filterOfCohort,
  removeCohort,
  saveCohort,
} from '../../api/cohorts';
import type { StudyFilter } from '../../api/studies';
import { formatCount } from '../../ui/format';
import { Failed } from '../../ui/Loaded';
import { t } from '../../words/t';
import styles from './Studies.module.css';

interface Props {
  projectId: string;
  filter: StudyFilter;
  /** How many studies the list shows now. */
  total: number;
  canManage: boolean;
  /** Replaces all that the list is narrowed to. */
  onFilter: (filter: StudyFilter) => void;
}

export function Cohorts({ projectId, filter, total, canManage, onFilter }: Props) {
  const client = useQueryClient();
  const cohorts = useQuery(cohortsQuery(projectId)).data ?? [];
  const remove = useMutation({
    mutationFn: removeCohort,
    onSuccess: () => client.invalidateQueries({ queryKey: cohortsQuery(projectId).queryKey }),
  });
  const said = textOf(filter);
  const isNarrowed = said !== textOf({});
  if (cohorts.length === 0 && !(canManage && isNarrowed)) return null;
  return (
    <section className={styles.facet} aria-label={t('Cohorts')}>
      <h2>{t('Cohorts')}</h2>
      {cohorts.map((cohort) => {
        const isShown = textOf(filterOfCohort(cohort)) === said;
        return (
          <div key={cohort.id} className={styles.cohort}>
            <button
              type="button"
              className={styles.value}
              aria-pressed={isShown}
              title={titleOf(cohort)}
              onClick={() => onFilter(isShown ? {} : filterOfCohort(cohort))}
            >
              <span>{cohort.name}</span>
              {cohort.study_count !== null && (
                <span className={styles.count}>{formatCount(cohort.study_count)}</span>
              )}
            </button>
            {canManage && isShown && (
              <ActionIcon
                size="sm"
                color="gray"
                aria-label={t('Give up the cohort {name}', { name: cohort.name })}
                title={t('Give up this name; the studies stay')}
                onClick={() => remove.mutate(cohort.id)}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </div>
        );
      })}
      <Failed error={remove.error} />
      {canManage && isNarrowed && (
        <SaveCohort projectId={projectId} filter={filter} total={total} onFilter={onFilter} />
      )}
    </section>
  );
}

/** The same filter has the same text, whatever the order of its parts. */
const textOf = (filter: StudyFilter): string =>
  JSON.stringify(
    Object.entries(filter)
      .filter(([, value]) => value !== undefined)
      .sort(([one], [other]) => one.localeCompare(other)),
  );

const titleOf = (cohort: Cohort): string =>
  cohort.is_frozen
    ? t('{name}: frozen list, saved by {by}', { name: cohort.name, by: cohort.made_by_name })
    : t('{name}: asked anew, saved by {by}', { name: cohort.name, by: cohort.made_by_name });

type SaveProps = Omit<Props, 'canManage'>;

function SaveCohort({ projectId, filter, total, onFilter }: SaveProps) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [freeze, setFreeze] = useState(false);
  const save = useMutation({
    mutationFn: () => saveCohort(projectId, { name: name.trim(), filter, freeze }),
    onSuccess: async (cohort) => {
      setName('');
      setFreeze(false);
      await client.invalidateQueries({ queryKey: cohortsQuery(projectId).queryKey });
      onFilter(filterOfCohort(cohort));
    },
  });
  const onSave = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate();
  };
  return (
    <form onSubmit={onSave} className={styles.saveCohort} aria-label={t('Save as a cohort')}>
      <TextInput
        aria-label={t('Name of the cohort')}
        placeholder={t('Save as a cohort')}
        size="xs"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {name.trim() !== '' && (
        <>
          <Checkbox
            size="xs"
            label={t('keep exactly {count, plural, one {this study} other {these # studies}}', {
              count: total,
            })}
            checked={freeze}
            onChange={(event) => setFreeze(event.currentTarget.checked)}
          />
          <Button type="submit" variant="default" size="compact-xs" loading={save.isPending}>
            {t('Save')}
          </Button>
        </>
      )}
      <Failed error={save.error} />
    </form>
  );
}
