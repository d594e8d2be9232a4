/** Distributions as boxes, one a group: quartiles as the box, 5 and 95 % as whiskers. */
import type { Distribution } from '../../api/studies';
import type { PlotTable } from '../../ui/Plot';
import { type PlotColours, plotAxis, plotFrame } from '../../ui/plotStyle';
import { t } from '../../words/t';

const nameOf = (value: string) => (value === '' ? t('not given') : value);

export function boxOption({ groups }: Distribution, colours: PlotColours) {
  const frame = plotFrame(colours);
  // The first group stands on top.
  const upward = [...groups].reverse();
  return {
    ...frame,
    grid: { left: 180, right: 24, top: 8, bottom: 32 },
    xAxis: plotAxis(colours, '', { scale: true }),
    yAxis: {
      type: 'category',
      data: upward.map(({ value, count }) => `${nameOf(value)} (${count})`),
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { color: colours.text, fontSize: 12, width: 168, overflow: 'truncate' },
    },
    tooltip: { ...frame.tooltip, trigger: 'item' },
    series: [
      {
        type: 'boxplot',
        data: upward.map(({ quantiles }) => quantiles),
        itemStyle: { color: colours.raised, borderColor: colours.accent, borderWidth: 1.5 },
        boxWidth: [8, 16],
      },
    ],
  };
}

export function boxTable({ by, groups }: Distribution): PlotTable {
  return {
    header: [by, 'studies', '5 %', '25 %', 'median', '75 %', '95 %'],
    rows: groups.map(({ value, count, quantiles }) => [nameOf(value), count, ...quantiles]),
  };
}
