/** The learning curve as a plot and as a table. */
import type { CurvePoint, Learning } from '../../api/learning';
import { formatNumber, formatScore } from '../../ui/format';
import type { PlotTable } from '../../ui/Plot';
import { type PlotColours, plotAxis, plotFrame } from '../../ui/plotStyle';
import { t } from '../../words/t';

export type CurveAxis = 'labels' | 'minutes';

/** The place of a point on the horizontal axis: labels, or minutes of reading. */
export function placeOf(point: CurvePoint, axis: CurveAxis): number {
  return axis === 'labels' ? point.label_count : point.active_minutes;
}

export function hasCurve(curve: Learning['curve']): boolean {
  return curve.strategy.length + curve.control.length > 0;
}

/** The lowest fifth below everything drawn, so that a curve does not hide in a corner. */
export function floorOf(curve: Learning['curve']): number {
  const all = [...curve.strategy, ...curve.control].map((point) => point.low ?? point.score);
  const lowest = Math.min(1, ...all);
  return Math.max(0, Math.floor(lowest * 5) / 5);
}

/** A line, and its interval as whiskers: arms may meet, and bands would hide each other. */
interface Ranged {
  readonly low: number | null;
  readonly high: number | null;
}

/** An upright line over each interval. */
export function whiskers<Point extends Ranged>(
  points: readonly Point[],
  placed: (point: Point) => number,
  colour: string,
) {
  return points
    .filter(({ low, high }) => low !== null && high !== null)
    .map((point) => ({
      type: 'line',
      silent: true,
      symbol: 'none',
      tooltip: { show: false },
      lineStyle: { color: colour, width: 1, opacity: 0.55, type: 'solid' },
      data: [
        [placed(point), point.low],
        [placed(point), point.high],
      ],
    }));
}

function arm(
  name: string,
  points: CurvePoint[],
  axis: CurveAxis,
  colour: string,
  isDashed: boolean,
) {
  const line = {
    name,
    type: 'line',
    symbol: isDashed ? 'diamond' : 'circle',
    symbolSize: 6,
    color: colour,
    lineStyle: { width: 2, type: isDashed ? 'dashed' : 'solid' },
    data: points.map((point) => [placeOf(point, axis), point.score]),
  };
  return [line, ...whiskers(points, (point) => placeOf(point, axis), colour)];
}

function forecastOf(curve: Learning['curve'], axis: CurveAxis, colour: string) {
  const last = curve.strategy.at(-1);
  if (!curve.forecast || !last || axis !== 'labels') return [];
  return [
    {
      name: t('Forecast'),
      type: 'line',
      symbol: 'emptyCircle',
      symbolSize: 6,
      color: colour,
      lineStyle: { width: 1, type: 'dotted' },
      data: [
        [last.label_count, curve.forecast.trend],
        [curve.forecast.label_count, curve.forecast.score],
      ],
    },
    ...whiskers([curve.forecast], (point) => point.label_count, colour),
  ];
}

/** A round number a little after the last point, so that it does not sit on the frame. */
export function roomAfter({ max }: { max: number }): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, max))) / 2;
  return Math.ceil((max * 1.05) / step) * step;
}

export function curveOption(curve: Learning['curve'], axis: CurveAxis, colours: PlotColours) {
  const bottom = axis === 'labels' ? t('labelled cases') : t('active reading time, minutes');
  const frame = plotFrame(colours);
  return {
    ...frame,
    legend: {
      ...frame.legend,
      data: [t('Model’s choice'), t('Random control arm'), t('Forecast')],
    },
    tooltip: { ...frame.tooltip, trigger: 'item' },
    xAxis: plotAxis(colours, bottom, { min: 0, max: roomAfter }),
    yAxis: plotAxis(colours, t('{score}, 95 % interval', { score: curve.metric }), {
      min: floorOf(curve),
      max: 1,
      nameGap: 36,
    }),
    series: [
      ...arm(t('Model’s choice'), curve.strategy, axis, colours.accent, false),
      ...arm(t('Random control arm'), curve.control, axis, colours.warn, true),
      ...forecastOf(curve, axis, colours.muted),
    ],
  };
}

export function curveTable(curve: Learning['curve']): PlotTable {
  const rows = (name: string, points: CurvePoint[]) =>
    points.map((point) => [
      name,
      point.label_count,
      point.active_minutes,
      point.score,
      point.low,
      point.high,
    ]);
  const forecast = curve.forecast;
  return {
    header: [
      t('Arm'),
      t('Labelled cases'),
      t('Active minutes'),
      curve.metric,
      '95 % low',
      '95 % high',
    ],
    rows: [
      ...rows(t('model’s choice'), curve.strategy),
      ...rows(t('random control'), curve.control),
      ...(forecast
        ? [['forecast', forecast.label_count, null, forecast.score, forecast.low, forecast.high]]
        : []),
    ],
  };
}

/** The last point of an arm in one sentence, for the page and for screen readers. */
export function curveSentence(curve: Learning['curve']): string {
  const last = curve.strategy.at(-1);
  if (!last) return t('No model was measured yet.');
  const control = curve.control.at(-1);
  const say = (point: CurvePoint) =>
    t('{score} with {labelCount} labelled cases', {
      score: formatScore(point.score),
      labelCount: point.label_count,
    });
  const versus = control
    ? t('; the random control arm reached {control}', { control: say(control) })
    : '';
  return t('The model’s choice reached {metric} {last}{versus}.', {
    metric: curve.metric,
    last: say(last),
    versus,
  });
}

/** The curve counts as flat where half as many labels again gain less, and at best no more. */
const FLAT = { gain: 0.01, atBest: 0.03 };
/** Held-out reads below which scores are too uncertain to say anything of stopping. */
const FEWEST_MEASURED = 30;

/** What reading on is expected to bring; null while that cannot be told. It stops nothing. */
export function worthNote({
  curve,
  evaluation_count,
}: Pick<Learning, 'curve' | 'evaluation_count'>) {
  const { forecast, strategy, metric } = curve;
  const last = strategy.at(-1);
  if (!forecast || !last || evaluation_count < FEWEST_MEASURED) return null;
  const gain = forecast.score - forecast.trend;
  const numbers = {
    count: forecast.label_count - last.label_count,
    metric,
    gain: formatNumber(gain, 3),
    low: formatNumber(forecast.low ?? 0, 2),
    high: formatNumber(forecast.high ?? 1, 2),
  };
  return gain < FLAT.gain && (forecast.high ?? 1) - forecast.trend < FLAT.atBest
    ? t(
        'The curve is flat: {count, plural, one {# more label is} other {# more labels are}} expected to change {metric} by {gain}, to between {low} and {high}. It may be time to stop.',
        numbers,
      )
    : t(
        '{count, plural, one {# more label is} other {# more labels are}} expected to change {metric} by {gain}, to between {low} and {high}.',
        numbers,
      );
}
