import { describe, expect, test } from 'vitest';
import type { CurvePoint, Learning } from '../../api/learning';
import { TOKENS } from '../../ui/theme';
import {
  curveOption,
  curveSentence,
  curveTable,
  floorOf,
  hasCurve,
  placeOf,
  roomAfter,
  worthNote,
} from './curvePlot';
import {
  calibrationOption,
  classOption,
  classTable,
  confusionTable,
  shareInterval,
} from './qualityPlots';

function point(label_count: number, score: number, more: Partial<CurvePoint> = {}): CurvePoint {
  return { label_count, score, active_minutes: label_count / 2, low: null, high: null, ...more };
}

const CURVE: Learning['curve'] = {
  metric: 'macro recall',
  strategy: [point(20, 0.61, { low: 0.5, high: 0.7 }), point(40, 0.74)],
  control: [point(2, 0.45)],
  forecast: { label_count: 120, trend: 0.75, score: 0.82, low: 0.7, high: 0.9 },
};
const EMPTY: Learning['curve'] = {
  metric: 'macro recall',
  strategy: [],
  control: [],
  forecast: null,
};

describe('the learning curve', () => {
  test('without a point says that nothing was measured', () => {
    expect(hasCurve(EMPTY)).toBe(false);
    expect(curveSentence(EMPTY)).toBe('No model was measured yet.');
    expect(floorOf(EMPTY)).toBe(1);
  });

  test('names both arms in one sentence', () => {
    expect(curveSentence(CURVE)).toContain('0.740 with 40 labelled cases');
    expect(curveSentence(CURVE)).toContain('control arm reached 0.450 with 2 labelled cases');
  });

  test('can be read against labels and against minutes', () => {
    const [first = expect.fail()] = CURVE.strategy;
    expect(placeOf(first, 'labels')).toBe(20);
    expect(placeOf(first, 'minutes')).toBe(10);
  });

  test('draws an interval only where there is one, and no forecast against minutes', () => {
    const drawn = (axis: 'labels' | 'minutes') => curveOption(CURVE, axis, TOKENS).series;
    expect(drawn('labels')).toHaveLength(5);
    expect(drawn('minutes')).toHaveLength(3);
  });

  test('ends at a round number beyond its last point', () => {
    expect([13, 84, 126, 300].map((max) => roomAfter({ max }))).toEqual([15, 90, 150, 350]);
  });

  test('says what reading on brings, and where that is little, that it may be time to stop', () => {
    const said = (score: number, spread: number, evaluation_count = 30) => {
      const ends = { low: score - spread, high: score + spread };
      const forecast = { label_count: 60, trend: 0.7, score, ...ends };
      return worthNote({ curve: { ...CURVE, forecast }, evaluation_count });
    };
    expect(said(0.75, 0.05)).toBe(
      '20 more labels are expected to change macro recall by 0.050, to between 0.70 and 0.80.',
    );
    expect(said(0.705, 0.02)).toContain('It may be time to stop.');
    expect(said(0.699, 0.02)).toContain('by −0.001, to between 0.68 and 0.72');
    expect(said(0.705, 0.1)).not.toContain('stop');
    expect(said(0.75, 0.05, 29)).toBeNull();
    expect(worthNote({ curve: EMPTY, evaluation_count: 30 })).toBeNull();
  });

  test('has every number in the table behind it', () => {
    const { header, rows } = curveTable(CURVE);
    expect(rows).toHaveLength(4);
    expect(rows.every((row) => row.length === header.length)).toBe(true);
    expect(rows.at(-1)).toEqual(['forecast', 120, null, 0.82, 0.7, 0.9]);
  });
});

test('bins without a case are not drawn', () => {
  const bin = { low: 0, high: 0.1, mean_probability: 0.05, observed: 0 };
  const option = calibrationOption(
    [
      { ...bin, count: 0, ...NOT_DRAWN },
      { ...bin, count: 4 },
    ],
    TOKENS,
  );
  expect(option.series[1]?.data).toEqual([[0.05, 0]]);
  expect(option.series).toHaveLength(3);
  expect(shareInterval(0.5, 4).low).toBeCloseTo(0.15, 2);
  expect(shareInterval(0, 4)).toEqual({ low: 0, high: expect.closeTo(0.49, 2) });
});

const NOT_DRAWN = { distance_mm: null, average_precision: null, froc: null };

test('the first class stands on top', () => {
  const one = {
    key: 'n',
    name: 'Normal',
    score: 0.9,
    low: 0.8,
    high: 0.95,
    count: 30,
    ...NOT_DRAWN,
  };
  const other = {
    key: 'e',
    name: 'Effusion',
    score: null,
    low: null,
    high: null,
    count: 0,
    ...NOT_DRAWN,
  };
  const option = classOption([one, other], 'Recall', TOKENS);
  expect(option.yAxis.data).toEqual(['Effusion (n = 0)', 'Normal (n = 30)']);
  expect(classTable([one], 'Recall').header).toHaveLength(5);
  const boxes = { ...one, froc: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6] };
  expect(classTable([boxes, other], 'F1').rows).toEqual([
    ['Normal', 30, 0.9, 0.8, 0.95, 0.2, 0.4],
    ['Effusion', 0, null, null, null, null, null],
  ]);
});

test('confusion is named by class', () => {
  const per_class = [
    { key: 'n', name: 'Normal', score: 1, low: null, high: null, count: 3, ...NOT_DRAWN },
    { key: 'e', name: 'Effusion', score: 0.5, low: null, high: null, count: 2, ...NOT_DRAWN },
  ];
  const table = confusionTable({
    per_class,
    confusion: {
      keys: ['n', 'e'],
      matrix: [
        [3, 0],
        [1, 1],
      ],
    },
  });
  expect(table.rows).toEqual([
    ['Normal', 3, 0],
    ['Effusion', 1, 1],
  ]);
});
