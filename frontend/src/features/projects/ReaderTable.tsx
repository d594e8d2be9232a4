/** What each reader has done, and how long it took. */
import type { ReaderProgress } from '../../api/tasks';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatCount, formatDuration } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { t } from '../../words/t';

const COLUMNS: Column<ReaderProgress>[] = [
  { key: 'name', title: t('Reader'), sortValue: (row) => row.name, render: (row) => row.name },
  {
    key: 'submitted',
    title: t('Submitted'),
    isNumber: true,
    sortValue: (row) => row.submitted_count,
    render: (row) => formatCount(row.submitted_count),
  },
  {
    key: 'skipped',
    title: t('Skipped'),
    isNumber: true,
    sortValue: (row) => row.skipped_count,
    render: (row) => formatCount(row.skipped_count),
  },
  {
    key: 'median',
    title: t('Active time per case, median'),
    isNumber: true,
    sortValue: (row) => row.active_ms_median,
    render: (row) => formatDuration(row.active_ms_median),
  },
  {
    key: 'total',
    title: t('Active time in all'),
    isNumber: true,
    sortValue: (row) => row.active_ms_total,
    render: (row) => formatDuration(row.active_ms_total),
  },
  {
    key: 'last',
    title: t('Last submitted'),
    sortValue: (row) => row.last_submitted_at,
    render: (row) => <RelativeTime at={row.last_submitted_at} />,
  },
];

export function ReaderTable({ readers }: { readers: readonly ReaderProgress[] }) {
  return (
    <DataTable
      label={t('Readers')}
      rows={readers}
      columns={COLUMNS}
      rowId={(row) => row.user_id}
      empty={
        <EmptyState
          title={t('No reader yet')}
          text={t('Add readers under Members; their progress shows here.')}
        />
      }
    />
  );
}
