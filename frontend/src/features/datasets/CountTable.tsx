/** How many cases of each label are in each split. */
import type { DatasetCounts } from '../../api/datasets';
import { type Column, DataTable } from '../../ui/DataTable';
import { formatCount } from '../../ui/format';
import { t } from '../../words/t';
import { SPLITS } from './splitShares';

interface Row {
  key: string;
  name: string;
  counts: Record<string, number>;
}

interface Props {
  counts: DatasetCounts;
  /** Label names by key. */
  names: ReadonlyMap<string, string>;
}

export function CountTable({ counts, names }: Props) {
  const rows: Row[] = [
    {
      key: '',
      name: t('All studies'),
      counts: { train: counts.train, validation: counts.validation, test: counts.test },
    },
    ...Object.entries(counts.by_label).map(([key, split]) => ({
      key,
      name: names.get(key) ?? key,
      counts: { ...split },
    })),
  ];
  const columns: Column<Row>[] = [
    { key: 'name', title: t('Label'), render: (row) => <span title={row.name}>{row.name}</span> },
    ...SPLITS.map((split) => ({
      key: split,
      title: split,
      isNumber: true,
      width: 76,
      render: (row: Row) => formatCount(row.counts[split] ?? 0),
    })),
  ];
  return (
    <DataTable
      label={t('Cases per split')}
      rows={rows}
      columns={columns}
      rowId={(row) => row.key}
      isDense
    />
  );
}
