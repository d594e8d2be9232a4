/** Whom the model serves less well: the score by site, scanner, sex and age. */
import type { Learning } from '../../api/learning';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatCount, formatInterval, formatScore } from '../../ui/format';
import { Panel } from '../../ui/Panel';

type Group = Learning['subgroups'][number];

const NAMES: Record<string, string> = { site: 'Site', scanner: 'Scanner', sex: 'Sex', age: 'Age' };
const TOO_FEW = 'Too few patients to say how certain this is.';

export function GroupTable({ groups, metric }: { groups: Group[]; metric: string }) {
  return (
    <Panel title="By site, scanner, sex and age" side={`${metric} on held-out cases`} isFlush>
      <DataTable
        label={`${metric} by group`}
        rows={groups}
        columns={COLUMNS}
        rowId={(row) => `${row.attribute}:${row.value}`}
        empty={<EmptyState title="No groups" text="All held-out cases are of one kind." />}
      />
    </Panel>
  );
}

const COLUMNS: Column<Group>[] = [
  {
    key: 'attribute',
    title: 'By',
    sortValue: (row) => row.attribute,
    render: (row) => NAMES[row.attribute] ?? row.attribute,
  },
  { key: 'value', title: 'Group', sortValue: (row) => row.value, render: (row) => row.value },
  {
    key: 'score',
    title: 'Score',
    isNumber: true,
    sortValue: (row) => row.score ?? -1,
    render: (row) => formatScore(row.score),
  },
  {
    key: 'interval',
    title: '95 % interval',
    isNumber: true,
    sortValue: (row) => row.low ?? -1,
    render: (row) => (
      <span title={row.low === null ? TOO_FEW : undefined}>
        {formatInterval(row.low, row.high)}
      </span>
    ),
  },
  {
    key: 'count',
    title: 'Cases',
    isNumber: true,
    sortValue: (row) => row.count,
    render: (row) => formatCount(row.count),
  },
];
