/** What de-identification did: attributes by action, with counts and never with values. */

import { t } from '../words/t';
import { type Column, DataTable } from './DataTable';
import { EmptyState } from './EmptyState';
import { formatCount } from './format';

/** Action codes of PS3.15 table E.1-1a in plain words. */
export const ACTION_WORDS: Record<string, string> = {
  X: t('removed'),
  Z: t('emptied'),
  D: t('replaced by a dummy'),
  C: t('cleaned or shifted'),
  U: t('replaced by a new UID'),
  K: t('kept by an option'),
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
      label={t('What de-identification did')}
      rows={rows}
      columns={COLUMNS}
      rowId={(row) => `${row.action} ${row.name}`}
      height={height}
      isDense
      empty={<EmptyState title={t('No image has come in')} />}
    />
  );
}

const COLUMNS: Column<ActionRow>[] = [
  { key: 'name', title: t('Attribute'), sortValue: (row) => row.name, render: (row) => row.name },
  {
    key: 'action',
    title: t('What was done'),
    sortValue: (row) => row.action,
    render: (row) => `${ACTION_WORDS[row.action] ?? row.action} (${row.action})`,
  },
  {
    key: 'count',
    title: t('Times'),
    isNumber: true,
    width: 110,
    sortValue: (row) => row.count,
    render: (row) => formatCount(row.count),
  },
];
