import { describe, expect, test } from 'vitest';
import { lengthOf, minus } from '../geometry/curves';
import { polygonArea } from '../geometry/points';
import { type ImagePoint, imagePoint, millimetres, type PixelSpacing } from '../geometry/units';
import { type Drawing, type Hand, IDLE, type Outcome, type Surroundings, step } from './drawing';
import { moveHandle } from './editMarks';
import { hitAt, isDrawable, type Mark, tidyPoints } from './marks';
import { measureText, statisticsText } from './markText';
import { MARK_KINDS, type MarkKind, pointsFrom, ringOf, SHAPES, SQUARE } from './shapes';
import { areaText, extentText, lengthText, measuringSpacing } from './sizeText';
import { statisticsIn } from './statistics';

const at = (x: number, y: number): ImagePoint => imagePoint(x, y);
const size = { columns: 100, rows: 100 };
/** Pixels twice as high as wide. */
const tall: PixelSpacing = { row: millimetres(2), column: millimetres(1) };

const mark = (kind: MarkKind, points: ImagePoint[]): Mark => ({
  id: kind,
  kind,
  label_key: 'k',
  sop_instance_uid: '1',
  frame_number: 1,
  points,
});

function play(hands: readonly Hand[], more: Partial<Surroundings> = {}) {
  const around = { marks: [], size, slop: 1, traceTolerance: 0.3, ...more };
  const outcomes: Outcome[] = [];
  let drawing: Drawing = IDLE;
  for (const hand of hands) {
    const next = step(drawing, hand, around);
    drawing = next.drawing;
    if (next.outcome) outcomes.push(next.outcome);
  }
  return outcomes;
}

const press = (tool: MarkKind | null, x: number, y: number): Hand => ({
  type: 'press',
  point: at(x, y),
  tool,
  hit: null,
});
const click = (tool: MarkKind, ...places: [number, number][]): Hand[] =>
  places.flatMap(([x, y]): Hand[] => [
    { type: 'move', point: at(x, y) },
    press(tool, x, y),
    { type: 'release', point: at(x, y) },
  ]);

describe('drawing every kind by clicks', () => {
  const made: Readonly<Partial<Record<MarkKind, [number, number][]>>> = {
    point: [[10, 20]],
    length: [
      [10, 20],
      [30, 20],
    ],
    bidirectional: [
      [10, 20],
      [50, 20],
      [30, 28],
    ],
    angle: [
      [10, 20],
      [30, 40],
      [60, 40],
    ],
    cobb: [
      [10, 20],
      [50, 20],
      [10, 60],
      [50, 70],
    ],
    box: [
      [10, 20],
      [30, 40],
    ],
    circle: [
      [50, 50],
      [60, 50],
    ],
    ellipse: [
      [10, 20],
      [50, 40],
    ],
  };

  for (const [kind, places] of Object.entries(made) as [MarkKind, [number, number][]][])
    test(`${SHAPES[kind].name}: ${places.length} clicks keep ${SHAPES[kind].points} points`, () => {
      const [outcome] = play(click(kind, ...places));
      expect(outcome).toMatchObject({ type: 'drawn', kind });
      expect(outcome?.type === 'drawn' && outcome.points).toHaveLength(SHAPES[kind].points);
    });

  test('an axis pair is square in the patient, also where pixels are not', () => {
    const [a, b, c, d] = pointsFrom('bidirectional', [at(10, 10), at(50, 30), at(20, 30)], tall);
    const [long, short] = [
      minus(b as ImagePoint, a as ImagePoint),
      minus(d as ImagePoint, c as ImagePoint),
    ];
    expect(long[0] * short[0] + 4 * long[1] * short[1]).toBeCloseTo(0, 9);
  });

  test('two dragged lines make a Cobb angle', () => {
    const drag = (x1: number, y1: number, x2: number, y2: number): Hand[] => [
      press('cobb', x1, y1),
      { type: 'move', point: at(x2, y2) },
      { type: 'release', point: at(x2, y2) },
    ];
    const [outcome] = play([...drag(10, 20, 50, 20), ...drag(10, 60, 50, 70)]);
    expect(outcome).toMatchObject({ kind: 'cobb' });
  });

  test('Backspace takes the last place back, Escape all of them', () => {
    const back = play([
      ...click('angle', [10, 20], [90, 90]),
      { type: 'back' },
      ...click('angle', [30, 40], [60, 40]),
    ]);
    expect(back[0]).toMatchObject({ points: [at(10, 20), at(30, 40), at(60, 40)] });
    expect(play([...click('angle', [10, 20]), { type: 'cancel' }])).toEqual([]);
  });

  test('an open line of two nodes ends with Enter, and on its last node', () => {
    const nodes = click('polyline', [10, 20], [30, 40]);
    const end: Hand = { type: 'finish' };
    expect(play([...nodes, end])).toEqual(play([...nodes, ...click('polyline', [30, 40])]));
  });

  test('freehand is traced; a click alone draws nothing', () => {
    expect(play(click('freehand', [10, 10]))).toEqual([]);
    const trace = [press('freehand', 10, 10)] as Hand[];
    for (const [x, y] of [
      [30, 10],
      [30, 30],
      [10, 30],
    ])
      trace.push({ type: 'move', point: at(x ?? 0, y ?? 0) });
    expect(play([...trace, { type: 'release', point: at(10, 12) }])[0]).toMatchObject({
      kind: 'freehand',
    });
  });
});

describe('circles and ellipses', () => {
  test('a circle is round in the patient', () => {
    const circle = pointsFrom('circle', [at(50, 50), at(60, 50)], tall);
    for (const point of ringOf('circle', circle))
      expect(lengthOf(minus(point, at(50, 50)), tall)).toBeCloseTo(10, 6);
  });

  test('one that would leave the image is made smaller, not cut', () => {
    const points = tidyPoints(
      'circle',
      pointsFrom('circle', [at(95, 50), at(95, 70)], SQUARE),
      size,
    );
    for (const [x, y] of ringOf('circle', points)) {
      expect(x).toBeLessThanOrEqual(100);
      expect(Math.hypot(x - 95, y - 50)).toBeCloseTo(5, 6);
    }
    expect(tidyPoints('circle', points, size)).toEqual(points);
  });

  test('an end of an ellipse turns it and leaves the other axis as long and square', () => {
    const ellipse = mark('ellipse', pointsFrom('ellipse', [at(10, 20), at(50, 40)], tall));
    const [a, b, c, d] = moveHandle(ellipse, 1, at(60, 45), tall) as [
      ImagePoint,
      ImagePoint,
      ImagePoint,
      ImagePoint,
    ];
    const before = ellipse.points as [ImagePoint, ImagePoint, ImagePoint, ImagePoint];
    const [one, other] = [minus(b, a), minus(d, c)];
    expect(one[0] * other[0] + 4 * one[1] * other[1]).toBeCloseTo(0, 6);
    const lengths = [lengthOf(one, tall), lengthOf(other, tall)];
    const was = [
      lengthOf(minus(before[1], before[0]), tall),
      lengthOf(minus(before[3], before[2]), tall),
    ];
    expect(
      Math.min(...was.map((length) => Math.min(...lengths.map((now) => Math.abs(now - length))))),
    ).toBeLessThan(1e-6);
  });
});

describe('editing', () => {
  const pair = mark('bidirectional', [at(10, 20), at(50, 20), at(30, 14), at(30, 26)]);

  test('a short end moves along; the long axis and the other end stay', () => {
    expect(moveHandle(pair, 3, at(40, 32))).toEqual([
      at(10, 20),
      at(50, 20),
      at(40, 14),
      at(40, 32),
    ]);
  });

  test('a long end takes the short axis with it, as long and on its sides', () => {
    const [a, b, c, d] = moveHandle(pair, 1, at(10, 60)) as [
      ImagePoint,
      ImagePoint,
      ImagePoint,
      ImagePoint,
    ];
    expect([a, b]).toEqual([at(10, 20), at(10, 60)]);
    expect([...c, ...d]).toEqual([16, 40, 4, 40].map((value) => expect.closeTo(value, 9)));
  });

  test('a node is drawn out of a middle, and taken out again', () => {
    const line = mark('polygon', [at(10, 10), at(30, 10), at(30, 30)]);
    const hit = hitAt([line], at(20, 10), 2, 'polygon');
    expect(hit).toEqual({ id: 'polygon', part: 'middle', handleIndex: 0 });
    const more = play(
      [
        { type: 'press', point: at(20, 10), tool: null, hit },
        { type: 'move', point: at(20, 2) },
        { type: 'release', point: at(20, 2) },
      ],
      { marks: [line] },
    );
    expect(more[1]).toMatchObject({ points: [at(10, 10), at(20, 2), at(30, 10), at(30, 30)] });
    const four = mark('polygon', [at(10, 10), at(20, 2), at(30, 10), at(30, 30)]);
    const out: Hand = {
      type: 'press',
      point: at(20, 2),
      tool: null,
      hit: { id: 'polygon', part: 'handle', handleIndex: 1 },
      isTakingOut: true,
    };
    expect(play([out], { marks: [four] })[0]).toMatchObject({ points: line.points });
    expect(play([out], { marks: [line] })[0]).toMatchObject({ type: 'selected' });
  });

  test('every kind that is drawn can be taken hold of and moved', () => {
    for (const kind of MARK_KINDS) {
      const shape = SHAPES[kind];
      const nodes = [at(20, 20), at(40, 22), at(42, 41), at(22, 43)];
      const places = shape.drawn.by === 'places' ? nodes.slice(0, shape.drawn.count) : nodes;
      const points = tidyPoints(kind, pointsFrom(kind, places, SQUARE), size);
      expect(isDrawable(kind, points)).toBe(true);
      const [start] = ringOf(kind, points);
      expect(hitAt([mark(kind, points)], start as ImagePoint, 2, null)).not.toBeNull();
    }
  });
});

describe('measuring', () => {
  test('angles are those of the patient', () => {
    const right = [at(10, 10), at(10, 20), at(20, 20)];
    expect(measureText('angle', right, null)).toBe('90.0°');
    expect(measureText('angle', [at(0, 0), at(10, 10), at(20, 0)], tall)).toBe('53.1°');
    const lines = [at(0, 0), at(10, 0), at(20, 30), at(10, 20)];
    expect(measureText('cobb', lines, null)).toBe('45.0°');
  });

  test('lengths and areas are in mm only where the spacing holds in the patient', () => {
    const frame = { spacing: tall, spacingKind: 'detector' } as const;
    expect(measuringSpacing(frame)).toBeNull();
    expect(measuringSpacing({ ...frame, spacingKind: 'patient' })).toBe(tall);
    const line = [at(0, 0), at(0, 10), at(10, 10)];
    expect(measureText('polyline', line, null)).toBe('20.0 px');
    expect(measureText('polyline', line, tall)).toBe('30.0 mm');
    const circle = pointsFrom('circle', [at(50, 50), at(60, 50)], SQUARE);
    expect(measureText('circle', circle, SQUARE)).toMatch(/^314 mm²$|^313 mm²$/);
    expect(measureText('point', [at(1, 1)], tall)).toBe('');
  });

  test('units are always there', () => {
    const line = [at(0, 0), at(3, 4)] as const;
    expect(lengthText(line, null)).toBe('5.0 px');
    expect(lengthText(line, tall)).toBe('8.5 mm');
    expect(extentText(...line, null)).toBe('3.0 × 4.0 px');
    expect(extentText(...line, tall)).toBe('3.0 × 8.0 mm');
    expect(areaText(6, null)).toBe('6 px²');
    expect(areaText(499, tall)).toBe('998 mm²');
    expect(areaText(500, tall)).toBe('10.0 cm²');
  });
});

describe('statistics', () => {
  const values = Int16Array.from({ length: 10_000 }, (_, index) => index % 100);
  const image = { ...size, values, slope: 1, intercept: 0 };

  test('are those of the pixels whose centres lie inside', () => {
    const square = [at(10, 10), at(14, 10), at(14, 12), at(10, 12)];
    const found = statisticsIn(square, { ...image, slope: 2, intercept: -1024 });
    expect(found).toEqual({
      count: 8,
      mean: 11.5 * 2 - 1024,
      deviation: expect.closeTo(Math.sqrt(1.25) * 2, 9),
      min: -1004,
      max: -998,
    });
  });

  test('a ring between pixel centres holds none, and the edge of the image ends it', () => {
    expect(statisticsIn([at(10.6, 10.6), at(11.4, 10.6), at(11, 11.4)], image)).toBeNull();
    const over = statisticsIn([at(-20, -20), at(2, -20), at(2, 2), at(-20, 2)], image);
    expect(over?.count).toBe(4);
  });

  test('the number of pixels in a circle is its area', () => {
    const ring = ringOf('circle', pointsFrom('circle', [at(50, 50), at(80, 50)], SQUARE));
    const count = statisticsIn(ring, image)?.count ?? 0;
    expect(Math.abs(count - polygonArea(ring))).toBeLessThan(30);
  });

  test('are written with their unit and a true minus sign', () => {
    const text = statisticsText(
      { count: 9, mean: -842.3, deviation: 2.25, min: -900, max: 4 },
      'HU',
    );
    expect(text).toBe('mean −842 SD 2.3 · min −900 max 4 HU');
  });
});
