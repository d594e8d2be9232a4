/** The next batch: every pick with its picture, its arm and its reason. */
import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Queue, type QueuePick, queueQuery } from '../../api/learning';
import { Chip, type Tone } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatScore, formatShare, spoken } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { studyColumns } from '../../ui/studyColumns';
import { Thumbnail } from '../../ui/Thumbnail';
import { rich, t, told } from '../../words/t';
import styles from './Learning.module.css';

const ARMS: Record<string, [word: string, tone: Tone]> = {
  strategy: [t('model’s choice'), 'accent'],
  control: [t('control'), 'warn'],
  retrieval: [t('look-alike'), 'plain'],
  evaluation: [t('measuring'), 'plain'],
};

export function QueuePart({ projectId }: { projectId: string }) {
  const queue = useQuery(queueQuery(projectId));
  const [view, setView] = useState('pictures');
  return (
    <Loaded of={queue} rows={10}>
      {(data) =>
        data.items.length === 0 && data.hidden_count > 0 ? (
          <EmptyState title={hiddenText(data.hidden_count)} text={WHY_HIDDEN} />
        ) : data.items.length === 0 ? (
          <EmptyState
            title={t('No batch was chosen yet')}
            text={t('The first one follows as soon as the images have been looked at.')}
          />
        ) : (
          <Panel
            title={
              data.batch
                ? t('Batch of round {roundNumber}', { roundNumber: data.batch.round_number })
                : t('Queue')
            }
            side={
              <>
                <BatchWords batch={data.batch} />
                {data.hidden_count > 0 && (
                  <span title={WHY_HIDDEN}>, {hiddenText(data.hidden_count)}</span>
                )}
              </>
            }
            actions={
              <SegmentedControl
                aria-label={t('Pictures or table')}
                value={view}
                onChange={setView}
                data={[
                  { value: 'pictures', label: t('Pictures') },
                  { value: 'table', label: t('Table') },
                ]}
              />
            }
            isFlush={view === 'table'}
          >
            {view === 'pictures' ? (
              <Pictures items={data.items} />
            ) : (
              <PickTable items={data.items} />
            )}
          </Panel>
        )
      }
    </Loaded>
  );
}

const WHY_HIDDEN = t(
  'Readers of this project are not told why a case comes, and you may still be given these.',
);

const hiddenText = (count: number): string =>
  t('{count, plural, one {# case} other {# cases}} you may still read', { count });

function BatchWords({ batch }: { batch: Queue['batch'] }) {
  if (!batch) return null;
  return (
    <>
      {rich(
        '{strategy} from {count, plural, one {# case} other {# cases}}, {controlShare} at random, seed {seed}, {relativeTime}',
        {
          strategy: spoken(batch.strategy),
          count: batch.pool_count,
          controlShare: formatShare(batch.control_share),
          seed: batch.seed,
          relativeTime: <RelativeTime at={batch.created_at} />,
        },
      )}
    </>
  );
}

function armChip(arm: string) {
  const [word, tone] = ARMS[arm] ?? [spoken(arm), 'plain' as const];
  return <Chip text={word} tone={tone} />;
}

function Pictures({ items }: { items: readonly QueuePick[] }) {
  return (
    <div className={styles.picks}>
      {items.map((pick) => (
        <article
          key={pick.task_id}
          className={styles.pick}
          aria-label={t('Pick {rank}', { rank: pick.rank })}
        >
          <Thumbnail url={pick.thumbnail_url} alt={pick.pseudonym} size={136} />
          <span className={styles.pickHead}>
            <span className={styles.name} title={pick.pseudonym}>
              {pick.rank}. {pick.pseudonym}
            </span>
          </span>
          <span>{armChip(pick.arm)}</span>
          <span className={styles.reason} title={told(pick.reason)}>
            {told(pick.reason)}
          </span>
        </article>
      ))}
    </div>
  );
}

const COLUMNS: Column<QueuePick>[] = [
  {
    key: 'rank',
    title: t('No.'),
    width: 50,
    isNumber: true,
    sortValue: (row) => row.rank,
    render: (row) => row.rank,
  },
  ...studyColumns<QueuePick>(),
  { key: 'arm', title: t('Arm'), sortValue: (row) => row.arm, render: (row) => armChip(row.arm) },
  {
    key: 'reason',
    title: t('Why'),
    sortValue: (row) => row.reason,
    render: (row) => <span title={told(row.reason)}>{told(row.reason)}</span>,
  },
  {
    key: 'state',
    title: t('Reading'),
    sortValue: (row) => row.state,
    render: (row) => spoken(row.state),
  },
  { key: 'scores', title: t('Scores'), render: (row) => scoreWords(row.scores) },
];

function scoreWords(scores: QueuePick['scores']): string {
  const parts = Object.entries(scores).filter(([, value]) => typeof value === 'number');
  return parts.map(([name, value]) => `${spoken(name)} ${formatScore(Number(value))}`).join(', ');
}

function PickTable({ items }: { items: readonly QueuePick[] }) {
  return (
    <DataTable
      label={t('The next batch')}
      rows={items}
      columns={COLUMNS}
      rowId={(row) => row.task_id}
      height="calc(100vh - 400px)"
    />
  );
}
