/** What each reader has done, and how long it took. */
import type { ReaderProgress } from '../../api/tasks';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatCount, formatDuration } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';

const COLUMNS: Column<ReaderProgress>[] = [
  { key: 'name', title: 'Reader', sortValue: (row) => row.name, render: (row) => row.name },
  {
    key: 'submitted',
    title: 'Submitted',
    isNumber: true,
    sortValue: (row) => row.submitted_count,
    render: (row) => formatCount(row.submitted_count),
  },
  {
    key: 'skipped',
    title: 'Skipped',
    isNumber: true,
    sortValue: (row) => row.skipped_count,
    render: (row) => formatCount(row.skipped_count),
  },
  {
    key: 'median',
    title: 'Active time per case, median',
    isNumber: true,
    sortValue: (row) => row.active_ms_median,
    render: (row) => formatDuration(row.active_ms_median),
  },
  {
    key: 'total',
    title: 'Active time in all',
    isNumber: true,
    sortValue: (row) => row.active_ms_total,
    render: (row) => formatDuration(row.active_ms_total),
  },
  {
    key: 'last',
    title: 'Last submitted',
    sortValue: (row) => row.last_submitted_at,
    render: (row) => <RelativeTime at={row.last_submitted_at} />,
  },
];

export function ReaderTable({ readers }: { readers: readonly ReaderProgress[] }) {
  return (
    <DataTable
      label="Readers"
      rows={readers}
      columns={COLUMNS}
      rowId={(row) => row.user_id}
      empty={
        <EmptyState
          title="No reader yet"
          text="Add readers under Members; their progress shows here."
        />
      }
    />
  );
}
