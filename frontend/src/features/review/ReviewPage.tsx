/** Submitted reads that wait for a second look, and those that had one. */
import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { labelSchemaQuery } from '../../api/projects';
import { Chip } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatShare, spoken } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { studyColumns } from '../../ui/studyColumns';
import { t } from '../../words/t';
import { IssuesPart } from './IssuesPart';
import styles from './Review.module.css';
import { readerColumn } from './readerColumn';
import { type ReviewState, type Row, useReviewRows } from './reviewRows';
import { VerdictPanel } from './VerdictPanel';

interface Props {
  projectId: string;
  projectName: string;
  onLook: (readId: string) => void;
}

type NameOf = (key: string) => string;

const EMPTY: Record<ReviewState, [title: string, text?: string]> = {
  waiting: [t('No read is waiting')],
  doubted: [
    t('The learner doubts no answer'),
    t(
      'From forty labels on, answers it would have given otherwise are listed here after every round. Where it learns of series or images nothing is listed.',
    ),
  ],
  done: [t('No verdict yet')],
};

const columnsWith = (nameOf: NameOf, state: ReviewState): Column<Row>[] => [
  ...studyColumns<Row>(),
  readerColumn(),
  {
    key: 'answer',
    title: t('Answer'),
    sortValue: (row) => answerText(row, nameOf),
    render: (row) => answerText(row, nameOf),
  },
  ...(state === 'doubted' ? [doubtColumn(nameOf)] : []),
  {
    key: 'marks',
    title: t('Marks'),
    isNumber: true,
    sortValue: (row) => row.mark_count,
    render: (row) => row.mark_count,
  },
  {
    key: 'at',
    title: t('Submitted'),
    sortValue: (row) => row.submitted_at,
    render: (row) => <RelativeTime at={row.submitted_at} />,
  },
  {
    key: 'verdict',
    title: t('Verdict'),
    sortValue: (row) => row.verdict,
    render: (row) =>
      row.verdict ? (
        <Chip
          tone={row.verdict === 'accepted' ? 'good' : 'warn'}
          text={spoken(row.verdict)}
          title={row.comment || spoken(row.verdict)}
        />
      ) : (
        '–'
      ),
  },
];

function doubtColumn(nameOf: NameOf): Column<Row> {
  return {
    key: 'doubt',
    title: t('The learner would say'),
    sortValue: (row) => row.doubt?.probability ?? 0,
    render: ({ doubt }) =>
      doubt && (
        <span className={styles.doubt}>
          {keyText(doubt.likely, nameOf)} {formatShare(doubt.probability)}
          {doubt.kind === 'likely_error' && <Chip tone="warn" text={t('likely error')} />}
        </span>
      ),
  };
}

export function ReviewPage({ projectId, projectName, onLook }: Props) {
  const [tab, setTab] = useState<ReviewState | 'issues'>('waiting');
  const state = tab === 'issues' ? 'waiting' : tab;
  const [chosenId, setChosenId] = useState<string | null>(null);
  const { rows, of, hasMore, showMore } = useReviewRows(projectId, state);
  const nameOf = useNameOf(projectId);
  const columns = useMemo(() => columnsWith(nameOf, state), [nameOf, state]);
  const chosen = rows.find((row) => row.submission_id === chosenId) ?? rows[0] ?? null;
  return (
    <>
      <PageHeader title={t('Review')} side={projectName} />
      <div className={styles.page}>
        <Panel
          title={tab === 'issues' ? t('Questions of readers') : t('Submitted reads')}
          actions={
            <SegmentedControl
              aria-label={t('Waiting, doubted, done or issues')}
              value={tab}
              onChange={(next) => setTab(next as typeof tab)}
              data={[
                { value: 'waiting', label: t('Waiting') },
                { value: 'doubted', label: t('Doubted') },
                { value: 'done', label: t('Done') },
                { value: 'issues', label: t('Issues') },
              ]}
            />
          }
          isFlush
        >
          {tab === 'issues' ? (
            <IssuesPart projectId={projectId} onLook={onLook} />
          ) : (
            <Loaded of={of}>
              {() => (
                <DataTable
                  label={t('Submitted reads')}
                  rows={rows}
                  columns={columns}
                  rowId={(row) => row.submission_id}
                  activeId={chosen?.submission_id}
                  onOpen={(row) => setChosenId(row.submission_id)}
                  height="calc(100vh - 180px)"
                  foot={
                    hasMore && (
                      <Button variant="default" onClick={showMore}>
                        {t('Show more')}
                      </Button>
                    )
                  }
                  empty={<EmptyState title={EMPTY[state][0]} text={EMPTY[state][1]} />}
                />
              )}
            </Loaded>
          )}
        </Panel>
        {chosen && (tab === 'waiting' || tab === 'doubted') && (
          <VerdictPanel
            key={chosen.submission_id}
            projectId={projectId}
            row={chosen}
            answer={answerText(chosen, nameOf)}
            onLook={() => onLook(chosen.read_id)}
          />
        )}
      </div>
    </>
  );
}

/** An answer in the names of its labels, as the reader saw them. */
function answerText({ label_keys, exclusion }: Row, nameOf: NameOf): string {
  if (exclusion) return t('Excluded: {reason}', { reason: nameOf(exclusion) });
  return label_keys.map(nameOf).join(', ') || '–';
}

/** A class, or its absence. */
function keyText(key: string, nameOf: NameOf): string {
  return key.startsWith('not ') ? t('not {label}', { label: nameOf(key.slice(4)) }) : nameOf(key);
}

function useNameOf(projectId: string): NameOf {
  const { data } = useQuery(labelSchemaQuery(projectId));
  return useCallback(
    (key: string) =>
      [...(data?.labels ?? []), ...(data?.exclusion_reasons ?? [])].find((one) => one.key === key)
        ?.name ?? key,
    [data],
  );
}
