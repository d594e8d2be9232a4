/** What a search on another server found: counted, and the first few in a table. */
import { Text } from '@mantine/core';
import type { MatchedStudy, PullPreview } from '../../../api/pulls';
import { type Column, DataTable } from '../../../ui/DataTable';
import { formatCount, plural } from '../../../ui/format';

interface Row extends MatchedStudy {
  key: string;
}

const COLUMNS: Column<Row>[] = [
  { key: 'year', title: 'Year', width: 90, render: (row) => row.study_year ?? '–' },
  {
    key: 'modalities',
    title: 'Modality',
    render: (row) => row.modalities.join(', ') || '–',
  },
  {
    key: 'series',
    title: 'Series',
    width: 80,
    isNumber: true,
    render: (row) => (row.series_count ? formatCount(row.series_count) : '–'),
  },
  {
    key: 'images',
    title: 'Images',
    width: 90,
    isNumber: true,
    render: (row) => (row.instance_count ? formatCount(row.instance_count) : '–'),
  },
];

export function PullMatches({ matches }: { matches: PullPreview }) {
  const rows = matches.items.map((item, index) => ({ ...item, key: String(index) }));
  if (rows.length === 0) {
    return (
      <Text c="dimmed" mt="md">
        Nothing matches. Take a filter away, or use * for what you do not know.
      </Text>
    );
  }
  return (
    <>
      <Text my="sm">{summaryOf(matches)}</Text>
      <DataTable
        label="Matching studies"
        rows={rows}
        columns={COLUMNS}
        rowId={(row) => row.key}
        height="220px"
        isDense
      />
    </>
  );
}

function summaryOf(matches: PullPreview): string {
  const parts = [
    `${matches.is_cut_off ? 'More match; the first ' : ''}${plural(matches.study_count, 'study', 'studies')}`,
    matches.instance_count > 0 && plural(matches.instance_count, 'image'),
    matches.modalities.map(({ value, count }) => `${formatCount(count)} ${value}`).join(', '),
    matches.items.length < matches.study_count && `the first ${matches.items.length} are shown`,
  ];
  return parts.filter(Boolean).join(' · ');
}
