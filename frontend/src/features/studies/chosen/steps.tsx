/** The steps that can be taken with chosen studies, each a field that a key leads into. */
import { Autocomplete, Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { cohortsQuery } from '../../../api/cohorts';
import { membersQuery } from '../../../api/projects';
import { type DeletionReason, REASONS } from '../../../api/removal';
import { useCommands } from '../../../commands/useCommands';
import { t } from '../../../words/t';
import styles from './Chosen.module.css';

const CHOICES = Object.entries(REASONS).map(([value, label]) => ({ value, label }));
const READS = ['reader', 'reviewer', 'project_admin'];

/** A key that leads into a field. */
function useFieldKey(id: string, title: string, shortcut: string) {
  const field = useRef<HTMLInputElement>(null);
  const commands = useMemo(
    () => [{ id, title, shortcut, section: t('Studies'), run: () => field.current?.focus() }],
    [id, title, shortcut],
  );
  useCommands(id, commands);
  return field;
}

export function DeleteChosen({
  count,
  onDelete,
}: {
  count: number;
  onDelete: (reason: DeletionReason) => void;
}) {
  const [reason, setReason] = useState<DeletionReason | null>(null);
  const field = useFieldKey('studies.delete-chosen', t('Delete the chosen studies …'), 'delete');
  return (
    <div className={styles.group}>
      <Select
        ref={field}
        aria-label={t('Delete the chosen studies because of')}
        placeholder={t('Delete because of …')}
        size="xs"
        w={190}
        data={CHOICES}
        value={reason}
        onChange={(next) => setReason(next as DeletionReason | null)}
      />
      {reason && (
        <Button color="red" size="compact-xs" onClick={() => onDelete(reason)}>
          {t('Delete {count, plural, one {# study} other {# studies}}', { count })}
        </Button>
      )}
    </div>
  );
}

export function AssignChosen({
  projectId,
  onAssign,
}: {
  projectId: string;
  onAssign: (readerId: string) => void;
}) {
  const members = useQuery(membersQuery(projectId)).data ?? [];
  const readers = members.filter((member) => READS.includes(member.role));
  const [readerId, setReaderId] = useState<string | null>(null);
  const field = useFieldKey('studies.assign-chosen', t('Assign the chosen studies …'), 'shift+a');
  return (
    <div className={styles.group}>
      <Select
        ref={field}
        aria-label={t('Assign the chosen studies to')}
        placeholder={t('Assign to …')}
        size="xs"
        w={170}
        searchable
        data={readers.map((one) => ({ value: one.user_id, label: one.name }))}
        value={readerId}
        onChange={setReaderId}
      />
      {readerId && (
        <Button variant="default" size="compact-xs" onClick={() => onAssign(readerId)}>
          {t('Assign')}
        </Button>
      )}
    </div>
  );
}

export function CollectChosen({
  projectId,
  onCollect,
}: {
  projectId: string;
  onCollect: (name: string, cohortId: string | undefined) => void;
}) {
  const cohorts = useQuery(cohortsQuery(projectId)).data ?? [];
  const frozen = cohorts.filter((one) => one.is_frozen);
  const [name, setName] = useState('');
  const field = useFieldKey(
    'studies.collect-chosen',
    t('Put the chosen studies into a cohort …'),
    'shift+c',
  );
  const known = frozen.find((one) => one.name === name.trim());
  return (
    <form
      className={styles.group}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') onCollect(name.trim(), known?.id);
      }}
    >
      <Autocomplete
        ref={field}
        aria-label={t('Cohort for the chosen studies')}
        placeholder={t('Add to cohort …')}
        size="xs"
        w={170}
        maxLength={100}
        data={frozen.map((one) => one.name)}
        value={name}
        onChange={setName}
      />
      {name.trim() !== '' && (
        <Button type="submit" variant="default" size="compact-xs">
          {known ? t('Add to it') : t('Save as new cohort')}
        </Button>
      )}
    </form>
  );
}
