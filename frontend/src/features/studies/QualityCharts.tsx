/** How image quality is spread per site or device, with a way to the studies at the ends. */
import { Group, Select, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import {
  type Distribution,
  distributionQuery,
  type Grouping,
  type Measure,
  type StudyFilter,
} from '../../api/studies';
import { EmptyState } from '../../ui/EmptyState';
import { spoken } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Plot } from '../../ui/Plot';
import type { PlotColours } from '../../ui/plotStyle';
import { t } from '../../words/t';
import { boxOption, boxTable } from './boxPlot';
import { QualityRange } from './QualityRange';
import type { StudiesView } from './view';

/** What each measure says, so that nobody has to guess which end is the bad one. */
const MEASURES: Record<Measure, string> = {
  contrast: t('Contrast of the shown picture, 0 to 1'),
  noise: t('Noise over the range of values, 0 to 1'),
  clipped_fraction: t('Share of pixels at the lowest or highest value'),
  blur: t('Blur, 0 sharp to 1'),
  resolution: t('Share of the sampled resolution that is filled'),
  inverted_suspicion: t('Suspicion of inverted grey values, 0 to 1'),
  rows: t('Rows'),
  columns: t('Columns'),
  pixel_spacing_mm: t('Pixel spacing, mm'),
};
const GROUPINGS: Record<Grouping, string> = {
  site: t('per site'),
  scanner: t('per scanner'),
  manufacturer: t('per manufacturer'),
  modality: t('per modality'),
  body_part: t('per body part'),
};
const ROW_PX = 28;
const NAMES = Object.keys(MEASURES) as Measure[];
const GROUPS = Object.keys(GROUPINGS) as Grouping[];

interface Props {
  projectId: string;
  filter: StudyFilter;
  onView: (change: StudiesView) => void;
}

export function QualityCharts({ projectId, filter, onView }: Props) {
  const [measure, setMeasure] = useState<Measure>('noise');
  const [by, setBy] = useState<Grouping>('site');
  const found = useQuery({
    ...distributionQuery(projectId, filter, measure, by),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack p="md" gap="md">
      <Group gap="sm" align="end">
        <Select
          label={t('Measure')}
          w={320}
          data={NAMES.map((value) => ({ value, label: MEASURES[value] }))}
          value={measure}
          allowDeselect={false}
          onChange={(value) => setMeasure(NAMES.find((one) => one === value) ?? 'noise')}
        />
        <Select
          label={t('Compared')}
          w={180}
          data={GROUPS.map((value) => ({ value, label: GROUPINGS[value] }))}
          value={by}
          allowDeselect={false}
          onChange={(value) => setBy(GROUPS.find((one) => one === value) ?? 'site')}
        />
        <QualityRange
          key={measure}
          measure={measure}
          ranges={filter.quality ?? []}
          onChange={(quality) => onView({ quality })}
        />
      </Group>
      <Loaded of={found} rows={8}>
        {(data) => <Boxes found={data} title={`${MEASURES[measure]}, ${GROUPINGS[by]}`} />}
      </Loaded>
    </Stack>
  );
}

function Boxes({ found, title }: { found: Distribution; title: string }) {
  const option = useCallback((colours: PlotColours) => boxOption(found, colours), [found]);
  const table = useMemo(() => boxTable(found), [found]);
  if (found.groups.length === 0) {
    return (
      <EmptyState title={t('Not measured here')} text={t('No chosen study has this measure.')} />
    );
  }
  return (
    <Plot
      key={found.groups.length}
      title={title}
      side={t('{count, plural, one {# group} other {# groups}}', { count: found.groups.length })}
      fileName={`quality-${found.measure}-${found.by}`}
      description={t(
        'Boxes hold the middle half of the studies of each {by}, whiskers nine tenths.',
        { by: spoken(found.by) },
      )}
      option={option}
      table={table}
      height={60 + ROW_PX * found.groups.length}
    />
  );
}
