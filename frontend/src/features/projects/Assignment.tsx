/** Every case of the project, who reads it, and handing cases to a named reader. */
import { Button, Checkbox, NumberInput, Select } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { cohortsQuery } from '../../api/cohorts';
import { membersQuery, type Project } from '../../api/projects';
import {
  type Assignment as AssignmentBody,
  assign,
  type TaskRow,
  type TaskState,
  tasksQuery,
} from '../../api/tasks';
import { Chip } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { spoken } from '../../ui/format';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { studyColumns } from '../../ui/studyColumns';
import { t, told } from '../../words/t';
import styles from './ProjectPage.module.css';

const READS = ['reader', 'reviewer', 'project_admin'];
const STATES = [
  { value: 'all', label: t('All cases') },
  { value: 'open', label: t('Open // state of a case') },
  { value: 'assigned', label: t('Assigned') },
  { value: 'claimed', label: t('Opened') },
  { value: 'draft', label: t('Drafts') },
  { value: 'issue', label: t('Issues') },
  { value: 'returned', label: t('Returned') },
  { value: 'submitted', label: t('Submitted') },
  { value: 'accepted', label: t('Accepted') },
  { value: 'skipped', label: t('Skipped') },
  { value: 'auto_accepted', label: t('Answered by the model') },
];

export function Assignment({ project }: { project: Project }) {
  const client = useQueryClient();
  const [state, setState] = useState<TaskState | 'all'>('all');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const tasks = useInfiniteQuery(tasksQuery(project.id, state === 'all' ? undefined : state));
  const rows = useMemo(() => tasks.data?.pages.flatMap((page) => page.items) ?? [], [tasks.data]);
  const give = useMutation({
    mutationFn: (body: AssignmentBody) => assign(project.id, body),
    onSuccess: async () => {
      setChosen(new Set());
      await client.invalidateQueries({ queryKey: ['project', project.id] });
    },
  });
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <div className={styles.stack}>
      <GivePanel
        projectId={project.id}
        chosen={chosen}
        isPending={give.isPending}
        onGive={(body) => give.mutate(body)}
      />
      <Failed error={give.error} />
      {give.data && (
        <span className={styles.muted} role="status">
          {t('{count, plural, one {# case} other {# cases}} assigned.', {
            count: give.data.assigned_count,
          })}
        </span>
      )}
      <Panel
        title={t('Cases')}
        side={t('in the order they will be asked')}
        actions={
          <Select
            aria-label={t('Show cases in state')}
            data={STATES}
            value={state}
            onChange={(value) => setState((value ?? 'all') as TaskState | 'all')}
          />
        }
        isFlush
      >
        <Loaded of={tasks}>
          {() => (
            <DataTable
              label={t('Cases')}
              rows={rows}
              columns={columnsWith(chosen, toggle)}
              rowId={(row) => row.id}
              height="calc(100vh - 360px)"
              onEnd={() => tasks.hasNextPage && void tasks.fetchNextPage()}
              foot={
                tasks.hasNextPage && (
                  <Button variant="default" onClick={() => void tasks.fetchNextPage()}>
                    {t('Show more')}
                  </Button>
                )
              }
              empty={<EmptyState title={t('No case is in this state')} />}
            />
          )}
        </Loaded>
      </Panel>
    </div>
  );
}

function columnsWith(chosen: ReadonlySet<string>, toggle: (id: string) => void): Column<TaskRow>[] {
  return [
    {
      key: 'choose',
      title: '',
      width: 36,
      render: (row) => (
        <Checkbox
          aria-label={t('Choose {pseudonym}', { pseudonym: row.pseudonym })}
          checked={chosen.has(row.id)}
          onChange={() => toggle(row.id)}
        />
      ),
    },
    ...studyColumns<TaskRow>(),
    {
      key: 'state',
      title: t('State'),
      sortValue: (row) => row.state,
      render: (row) => <Chip text={spoken(row.state)} />,
    },
    {
      key: 'reason',
      title: t('Why'),
      sortValue: (row) => row.reason,
      render: (row) => <span title={told(row.reason ?? '')}>{told(row.reason ?? '–')}</span>,
    },
    {
      key: 'reads',
      title: t('Readers'),
      render: (row) => readersOf(row),
    },
    {
      key: 'wanted',
      title: t('Reads'),
      isNumber: true,
      render: (row) =>
        t('{part} of {whole}', {
          part: row.reads.filter((read) => read.submitted_at !== null).length,
          whole: row.wanted_reads,
        }),
    },
  ];
}

function readersOf(row: TaskRow): string {
  const named = row.reads.filter((read) => read.reader_name !== null);
  if (named.length === 0) return '–';
  return named
    .map(
      (read) =>
        `${read.reader_name} (${read.is_assigned ? 'assigned, ' : ''}${spoken(read.state)})`,
    )
    .join(', ');
}

interface GiveProps {
  projectId: string;
  chosen: ReadonlySet<string>;
  isPending: boolean;
  onGive: (body: AssignmentBody) => void;
}

function GivePanel({ projectId, chosen, isPending, onGive }: GiveProps) {
  const members = useQuery(membersQuery(projectId));
  const [readerId, setReaderId] = useState<string | null>(null);
  const [count, setCount] = useState(10);
  const [cohortId, setCohortId] = useState<string | null>(null);
  const cohorts = useQuery(cohortsQuery(projectId)).data ?? [];
  const readers = (members.data ?? []).filter((member) => READS.includes(member.role));
  const give = () => {
    if (!readerId) return;
    const body =
      chosen.size > 0 ? { task_ids: [...chosen] } : { task_ids: null, count, cohort_id: cohortId };
    onGive({ ...body, reader_id: readerId });
  };
  return (
    <Panel
      title={t('Assign to a reader')}
      side={t('cases nobody is named for go to whoever asks next')}
    >
      <div className={styles.row}>
        <Select
          label={t('Reader')}
          placeholder={t('Choose')}
          searchable
          w={240}
          data={readers.map((member) => ({ value: member.user_id, label: member.name }))}
          value={readerId}
          onChange={setReaderId}
        />
        {cohorts.length > 0 && (
          <Select
            label={t('Cases of')}
            placeholder={t('the whole project')}
            clearable
            w={220}
            disabled={chosen.size > 0}
            data={cohorts.map((cohort) => ({
              value: cohort.id,
              label: t('Cohort {name}', { name: cohort.name }),
            }))}
            value={cohortId}
            onChange={setCohortId}
          />
        )}
        <NumberInput
          label={t('How many')}
          description={chosen.size > 0 ? t('the chosen cases') : t('the first in the queue')}
          w={140}
          min={1}
          max={10_000}
          disabled={chosen.size > 0}
          value={chosen.size > 0 ? chosen.size : count}
          onChange={(value) => setCount(Number(value) || 1)}
        />
        <Button disabled={!readerId} loading={isPending} onClick={give}>
          {t('Assign {count, plural, one {# case} other {# cases}}', {
            count: chosen.size > 0 ? chosen.size : count,
          })}
        </Button>
      </div>
    </Panel>
  );
}
