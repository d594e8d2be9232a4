/** The home of a reader: what to read next and why, and the reader's own cases. */
import { Button, Chip as FilterChip } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { type ReadRow, type Worklist as WorklistData, worklistQuery } from '../../api/tasks';
import { CommandKey } from '../../commands/CommandKey';
import { useCommands } from '../../commands/useCommands';
import { EmptyState } from '../../ui/EmptyState';
import { formatDuration } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { Panel } from '../../ui/Panel';
import { StatRow, StatTile } from '../../ui/StatTile';
import { t, told } from '../../words/t';
import { mergeRows, rowsFor, type WorklistFilter } from './readState';
import styles from './Worklist.module.css';
import { WorklistTable } from './WorklistTable';
import { waiting } from './waiting';
import { worklistCommands } from './worklistCommands';

export interface WorklistProps {
  projectId: string;
  projectName: string;
  /** Null reads what comes next. */
  onRead: (readId: string | null) => void;
  /** The read that is open in the window this list stands beside. */
  openId?: string | null;
  actions?: ReactNode;
}

const FILTERS: [WorklistFilter, string][] = [
  ['all', t('All')],
  ['unfinished', t('Unfinished')],
  ['issue', t('Issues')],
  ['returned', t('Returned')],
  ['submitted', t('Submitted')],
  ['skipped', t('Skipped')],
];

export function Worklist({ projectId, projectName, actions, ...list }: WorklistProps) {
  const worklist = useQuery(worklistQuery(projectId));
  return (
    <>
      <PageHeader title={t('Worklist')} side={projectName} actions={actions} />
      <Loaded of={worklist}>{(data) => <Loadedlist data={data} {...list} />}</Loaded>
    </>
  );
}

interface LoadedProps extends Pick<WorklistProps, 'onRead' | 'openId'> {
  data: WorklistData;
}

function Loadedlist({ data, onRead, openId = null }: LoadedProps) {
  const [filter, setFilter] = useState<WorklistFilter>('all');
  const [activeId, setActiveId] = useState<string | null>(openId);
  useEffect(() => setActiveId(openId), [openId]);
  const all = useMemo(() => mergeRows(data.mine, data.returned), [data]);
  const rows = useMemo(() => rowsFor(all, filter), [all, filter]);
  const commands = useMemo(
    () =>
      worklistCommands({
        rows,
        activeId,
        isNextAvailable: openId === null && (data.next?.is_available ?? false),
        select: setActiveId,
        open: onRead,
      }),
    [rows, activeId, data.next, openId, onRead],
  );
  useCommands('worklist', commands);
  return (
    <>
      <div className={styles.top}>
        <NextCase data={data} isReading={openId !== null} onRead={() => onRead(null)} />
        <StatRow>
          <StatTile
            label={t('Read today')}
            value={data.today.submitted_count}
            note={t('submitted')}
          />
          <StatTile
            label={t('Active time today')}
            value={formatDuration(data.today.active_ms)}
            note={t('idle time left out')}
          />
        </StatRow>
      </div>
      <Panel
        title={t('My cases')}
        side={t('{count, plural, one {# case} other {# cases}}', { count: rows.length })}
        actions={<Filters value={filter} onChange={setFilter} rows={all} />}
        isFlush
      >
        <WorklistTable
          rows={rows}
          activeId={activeId}
          openId={openId}
          onOpen={(row: ReadRow) => onRead(row.id)}
          empty={<NothingMine filter={filter} />}
        />
      </Panel>
    </>
  );
}

function NothingMine({ filter }: { filter: WorklistFilter }) {
  if (filter !== 'all') return <EmptyState title={t('No case is in this state')} />;
  return (
    <EmptyState
      title={t('You have not read a case yet')}
      text={t(
        'Press Enter to read the first one. Drafts, returned and submitted reads appear here.',
      )}
    />
  );
}

interface NextProps {
  data: WorklistData;
  /** A case is in hand already, in the window this list stands beside. */
  isReading: boolean;
  onRead: () => void;
}

function NextCase({ data, isReading, onRead }: NextProps) {
  const isAvailable = data.next?.is_available ?? false;
  return (
    <section className={styles.next} aria-label={t('Next case')}>
      <Button
        size="md"
        disabled={isReading || !isAvailable}
        leftSection={<IconPlayerPlay size={18} />}
        rightSection={<CommandKey id="worklist.open" />}
        onClick={onRead}
      >
        {t('Read next')}
      </Button>
      <div className={styles.why}>
        <p className={styles.whyTitle}>
          {isReading
            ? t('A case is open in the other window')
            : isAvailable
              ? sentence(told(data.next?.reason ?? t('the next case is ready')))
              : t('No case is waiting')}
        </p>
        <p className={styles.muted}>
          {isAvailable
            ? waiting(data)
            : t('New cases appear here as soon as they are uploaded or assigned to you.')}
        </p>
      </div>
    </section>
  );
}

interface FilterProps {
  value: WorklistFilter;
  onChange: (value: WorklistFilter) => void;
  rows: readonly ReadRow[];
}

function Filters({ value, onChange, rows }: FilterProps) {
  return (
    <FilterChip.Group value={value} onChange={(next) => onChange(next as WorklistFilter)}>
      <div className={styles.filters}>
        {FILTERS.map(([key, title]) => (
          <FilterChip key={key} value={key} size="xs" variant="outline">
            {title} {rowsFor(rows, key).length}
          </FilterChip>
        ))}
      </div>
    </FilterChip.Group>
  );
}

/** A reason stands alone here, so it begins like a sentence. */
function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
