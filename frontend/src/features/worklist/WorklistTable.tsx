/** The reader's cases, one a row. */
import { type ReactNode, useMemo } from 'react';
import type { ReadRow } from '../../api/tasks';
import { Chip } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { formatDuration } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { Thumbnail } from '../../ui/Thumbnail';
import { t, told } from '../../words/t';
import { toneOf, wordFor } from './readState';
import styles from './Worklist.module.css';

const columnsWith = (openId: string | null): Column<ReadRow>[] => [
  {
    key: 'study',
    title: t('Study'),
    sortValue: (row) => row.pseudonym,
    render: (row) => (
      <span className={styles.study} title={row.pseudonym}>
        <Thumbnail url={row.thumbnail_url} alt="" />
        <span>{row.pseudonym}</span>
        {row.id === openId && <Chip tone="accent" text={t('on screen')} />}
      </span>
    ),
  },
  {
    key: 'modality',
    title: t('Modality'),
    width: 80,
    sortValue: (row) => row.modality,
    render: (row) => row.modality,
  },
  {
    key: 'reason',
    title: t('Why this case'),
    sortValue: (row) => row.reason,
    render: (row) => (row.reason ? <Chip text={told(row.reason)} /> : '–'),
  },
  {
    key: 'state',
    title: t('State'),
    width: 140,
    sortValue: (row) => row.state,
    render: (row) => (
      <Chip
        tone={toneOf(row.state)}
        text={wordFor(row.state)}
        title={row.skip_reason ?? undefined}
      />
    ),
  },
  {
    key: 'lease',
    title: t('Kept for me until'),
    width: 150,
    sortValue: (row) => row.lease_until,
    render: (row) => <RelativeTime at={row.lease_until} />,
  },
  {
    key: 'submitted',
    title: t('Submitted'),
    width: 140,
    sortValue: (row) => row.submitted_at,
    render: (row) => <RelativeTime at={row.submitted_at} />,
  },
  {
    key: 'active',
    title: t('Active time'),
    width: 110,
    isNumber: true,
    sortValue: (row) => row.active_ms,
    render: (row) => formatDuration(row.active_ms),
  },
];

interface Props {
  rows: readonly ReadRow[];
  activeId: string | null;
  /** The read that is open in the window this list stands beside. */
  openId: string | null;
  onOpen: (row: ReadRow) => void;
  empty: ReactNode;
}

export function WorklistTable({ rows, activeId, openId, onOpen, empty }: Props) {
  const columns = useMemo(() => columnsWith(openId), [openId]);
  return (
    <DataTable
      label={t('My cases')}
      rows={rows}
      columns={columns}
      rowId={readId}
      activeId={activeId}
      onOpen={onOpen}
      height="calc(100vh - 320px)"
      empty={empty}
    />
  );
}

const readId = (row: ReadRow) => row.id;
