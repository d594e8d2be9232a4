/** Whom the model serves less well: the score by site, scanner, sex and age. */
import type { Learning } from '../../api/learning';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatCount, formatInterval, formatScore } from '../../ui/format';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';

type Group = Learning['subgroups'][number];

const NAMES: Record<string, string> = {
  site: t('Site'),
  scanner: t('Scanner'),
  sex: t('Sex'),
  age: t('Age'),
};
const TOO_FEW = t('Too few patients to say how certain this is.');

export function GroupTable({ groups, metric }: { groups: Group[]; metric: string }) {
  return (
    <Panel
      title={t('By site, scanner, sex and age')}
      side={t('{metric} on held-out cases', { metric })}
      isFlush
    >
      <DataTable
        label={t('{metric} by group', { metric })}
        rows={groups}
        columns={COLUMNS}
        rowId={(row) => `${row.attribute}:${row.value}`}
        empty={
          <EmptyState title={t('No groups')} text={t('All held-out cases are of one kind.')} />
        }
      />
    </Panel>
  );
}

const COLUMNS: Column<Group>[] = [
  {
    key: 'attribute',
    title: t('By // what groups are made of'),
    sortValue: (row) => row.attribute,
    render: (row) => NAMES[row.attribute] ?? row.attribute,
  },
  { key: 'value', title: t('Group'), sortValue: (row) => row.value, render: (row) => row.value },
  {
    key: 'score',
    title: t('Score'),
    isNumber: true,
    sortValue: (row) => row.score ?? -1,
    render: (row) => formatScore(row.score),
  },
  {
    key: 'interval',
    title: t('95 % interval'),
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
    title: t('Cases'),
    isNumber: true,
    sortValue: (row) => row.count,
    render: (row) => formatCount(row.count),
  },
];
