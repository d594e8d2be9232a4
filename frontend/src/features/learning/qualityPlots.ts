/** Calibration, the score of each class, and confusion, as plots and as tables. */
import type { CalibrationBin, ClassScore, Learning } from '../../api/learning';
import type { PlotTable } from '../../ui/Plot';
import { type PlotColours, plotAxis, plotFrame } from '../../ui/plotStyle';
import { t } from '../../words/t';
import { whiskers } from './curvePlot';

/** Wilson's 95 % interval of a share, as of cases that know nothing of each other. */
export function shareInterval(share: number, count: number): { low: number; high: number } {
  const spread = 1.96 ** 2 / count;
  const middle = (share + spread / 2) / (1 + spread);
  const half = Math.sqrt(spread * share * (1 - share) + spread ** 2 / 4) / (1 + spread);
  return { low: middle - half, high: middle + half };
}

export function calibrationOption(bins: readonly CalibrationBin[], colours: PlotColours) {
  const filled = bins.filter((bin) => bin.count > 0);
  return {
    ...plotFrame(colours),
    xAxis: plotAxis(colours, t('said by the model'), { min: 0, max: 1 }),
    yAxis: plotAxis(colours, t('came true, 95 % interval'), { min: 0, max: 1, nameGap: 36 }),
    series: [
      {
        name: t('Perfect'),
        type: 'line',
        symbol: 'none',
        color: colours.muted,
        lineStyle: { width: 1, type: 'dotted' },
        data: [
          [0, 0],
          [1, 1],
        ],
      },
      {
        name: t('Model'),
        type: 'scatter',
        color: colours.accent,
        symbolSize: (_value: unknown, point: { dataIndex: number }) =>
          4 + Math.min(14, Math.sqrt(filled[point.dataIndex]?.count ?? 0)),
        data: filled.map((bin) => [bin.mean_probability, bin.observed]),
      },
      ...whiskers(
        filled.map((bin) => ({ ...bin, ...shareInterval(bin.observed, bin.count) })),
        (bin) => bin.mean_probability,
        colours.accent,
      ),
    ],
  };
}

export function calibrationTable(bins: readonly CalibrationBin[]): PlotTable {
  return {
    header: [t('From'), 'To', t('Cases'), t('Said by the model'), t('Came true')],
    rows: bins.map((bin) => [bin.low, bin.high, bin.count, bin.mean_probability, bin.observed]),
  };
}

export function classOption(classes: readonly ClassScore[], score: string, colours: PlotColours) {
  const shown = [...classes].reverse();
  return {
    ...plotFrame(colours),
    grid: { left: 150, right: 24, top: 12, bottom: 44 },
    legend: { show: false },
    xAxis: plotAxis(colours, t('{score}, 95 % interval', { score }), { min: 0, max: 1 }),
    yAxis: {
      type: 'category',
      data: shown.map((one) => `${one.name} (n = ${one.count})`),
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { color: colours.text, fontSize: 12, width: 134, overflow: 'truncate' },
    },
    series: [
      {
        name: score,
        type: 'scatter',
        symbolSize: 9,
        color: colours.accent,
        // hollow where too few stand behind it for an interval
        data: shown.map((one, row) => ({
          value: [one.score, row],
          itemStyle:
            one.low === null
              ? { color: 'transparent', borderColor: colours.accent, borderWidth: 2 }
              : {},
        })),
      },
      ...shown.map((one, row) => ({
        type: 'line',
        silent: true,
        symbol: 'none',
        lineStyle: { color: colours.accent, width: 2, opacity: 0.6 },
        data:
          one.low === null
            ? []
            : [
                [one.low, row],
                [one.high, row],
              ],
      })),
    ],
  };
}

/** What is known besides of what was drawn; a column each where any class has it. */
const DRAWN_SCORES: readonly { title: string; of: (one: ClassScore) => number | null }[] = [
  { title: t('Outline off by (mm)'), of: (one) => one.distance_mm },
  { title: t('Average precision'), of: (one) => one.average_precision?.value ?? null },
  { title: t('AP 95 % low'), of: (one) => one.average_precision?.low ?? null },
  { title: t('AP 95 % high'), of: (one) => one.average_precision?.high ?? null },
  // The server reads FROC at 1/8, 1/4, 1/2, 1, 2 and 4 false marks per image.
  { title: t('Found at 1/4 false per image'), of: (one) => one.froc?.[1] ?? null },
  { title: t('Found at 1 false per image'), of: (one) => one.froc?.[3] ?? null },
];

export function classTable(classes: readonly ClassScore[], score: string): PlotTable {
  const more = DRAWN_SCORES.filter(({ of }) => classes.some((one) => of(one) !== null));
  return {
    header: [t('Class'), 'n', score, '95 % low', '95 % high', ...more.map(({ title }) => title)],
    rows: classes.map((one) => [
      ...[one.name, one.count, one.score, one.low, one.high],
      ...more.map(({ of }) => of(one)),
    ]),
  };
}

/** Rows are what readers said, columns what the model said. */
export function confusionTable(learning: Pick<Learning, 'confusion' | 'per_class'>): PlotTable {
  const names = new Map(learning.per_class.map((one) => [one.key, one.name]));
  const named = learning.confusion.keys.map((key) => names.get(key) ?? key);
  return {
    header: [t('Readers said'), ...named.map((name) => t('model: {name}', { name }))],
    rows: learning.confusion.matrix.map((counts, row) => [named[row] ?? '', ...counts]),
  };
}

export function confusionOption(
  learning: Pick<Learning, 'confusion' | 'per_class'>,
  colours: PlotColours,
) {
  const { matrix, keys } = learning.confusion;
  const names = new Map(learning.per_class.map((one) => [one.key, one.name]));
  const named = keys.map((key) => names.get(key) ?? key);
  const most = Math.max(1, ...matrix.flat());
  const cells = matrix.flatMap((counts, row) =>
    counts.map((count, column) => ({
      value: [column, row, count],
      // Dark on the bright half of the scale, light on the dark one.
      label: { color: count > most / 2 ? colours.app : colours.text },
    })),
  );
  const label = { color: colours.muted, fontSize: 11, width: 90, overflow: 'truncate' };
  const axis = (name: string, nameGap: number) => ({
    ...plotAxis(colours, name, { nameGap }),
    type: 'category',
    data: named,
    axisLabel: label,
    splitLine: { show: false },
  });
  return {
    ...plotFrame(colours),
    grid: { left: 128, right: 16, top: 12, bottom: 44 },
    xAxis: axis(t('model said'), 26),
    yAxis: { ...axis(t('readers said'), 104), inverse: true },
    visualMap: {
      show: false,
      min: 0,
      max: most,
      inRange: { color: [colours.panel, colours.accent] },
    },
    series: [
      {
        type: 'heatmap',
        data: cells,
        label: { show: true },
      },
    ],
  };
}
