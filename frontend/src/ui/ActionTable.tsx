/** What de-identification did: attributes by action, with counts and never with values. */
import { type Column, DataTable } from './DataTable';
import { EmptyState } from './EmptyState';
import { formatCount } from './format';

/** Action codes of PS3.15 table E.1-1a in plain words. */
export const ACTION_WORDS: Record<string, string> = {
  X: 'removed',
  Z: 'emptied',
  D: 'replaced by a dummy',
  C: 'cleaned or shifted',
  U: 'replaced by a new UID',
  K: 'kept by an option',
};

interface ActionRow {
  action: string;
  name: string;
  count: number;
}

interface Props {
  actions: Record<string, Record<string, number>>;
  height?: string;
}

export function ActionTable({ actions, height }: Props) {
  const rows: ActionRow[] = Object.entries(actions).flatMap(([action, names]) =>
    Object.entries(names).map(([name, count]) => ({ action, name, count })),
  );
  return (
    <DataTable
      label="What de-identification did"
      rows={rows}
      columns={COLUMNS}
      rowId={(row) => `${row.action} ${row.name}`}
      height={height}
      isDense
      empty={<EmptyState title="No image has come in" />}
    />
  );
}

const COLUMNS: Column<ActionRow>[] = [
  { key: 'name', title: 'Attribute', sortValue: (row) => row.name, render: (row) => row.name },
  {
    key: 'action',
    title: 'What was done',
    sortValue: (row) => row.action,
    render: (row) => `${ACTION_WORDS[row.action] ?? row.action} (${row.action})`,
  },
  {
    key: 'count',
    title: 'Times',
    isNumber: true,
    width: 110,
    sortValue: (row) => row.count,
    render: (row) => formatCount(row.count),
  },
];
