/** What a search on another server found: counted, and the first few in a table. */
import { Text } from '@mantine/core';
import type { MatchedStudy, PullPreview } from '../../../api/pulls';
import { type Column, DataTable } from '../../../ui/DataTable';
import { formatCount } from '../../../ui/format';
import { t } from '../../../words/t';

interface Row extends MatchedStudy {
  key: string;
}

const COLUMNS: Column<Row>[] = [
  { key: 'year', title: t('Year'), width: 90, render: (row) => row.study_year ?? '–' },
  {
    key: 'modalities',
    title: t('Modality'),
    render: (row) => row.modalities.join(', ') || '–',
  },
  {
    key: 'series',
    title: t('Series'),
    width: 80,
    isNumber: true,
    render: (row) => (row.series_count ? formatCount(row.series_count) : '–'),
  },
  {
    key: 'images',
    title: t('Images'),
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
        {t('Nothing matches. Take a filter away, or use * for what you do not know.')}
      </Text>
    );
  }
  return (
    <>
      <Text my="sm">{summaryOf(matches)}</Text>
      <DataTable
        label={t('Matching studies')}
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
    matches.is_cut_off
      ? t('More match; the first {count, plural, one {# study} other {# studies}}', {
          count: matches.study_count,
        })
      : t('{count, plural, one {# study} other {# studies}}', { count: matches.study_count }),
    matches.instance_count > 0 &&
      t('{count, plural, one {# image} other {# images}}', { count: matches.instance_count }),
    matches.modalities.map(({ value, count }) => `${formatCount(count)} ${value}`).join(', '),
    matches.items.length < matches.study_count &&
      t('the first {count} are shown', { count: matches.items.length }),
  ];
  return parts.filter(Boolean).join(' · ');
}
