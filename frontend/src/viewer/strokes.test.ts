import { describe, expect, test } from 'vitest';
import { areaOf, maskFrom, type Runs, runsOf } from '../geometry/mask';
import { imagePoint, millimetres, patientPoint } from '../geometry/units';
import type { Canvas, Ground } from './segments';
import { beginStroke, type Hand } from './strokes';

const SIZE = { columns: 20, rows: 20 };
const SPACING = { row: millimetres(1), column: millimetres(1) };

/** Seven slices 2 mm apart; what lies on them, and values where they are in memory. */
function ground(of: {
  runs?: Runs;
  others?: readonly Runs[];
  values?: (index: number) => Canvas['values'];
}): Ground & { at: number } {
  return {
    at: 3,
    isStack: true,
    slices: Array.from({ length: 7 }, (_, index) => ({
      size: SIZE,
      plane: {
        origin: patientPoint(0, 0, 2 * index),
        rowDirection: [1, 0, 0] as const,
        columnDirection: [0, 1, 0] as const,
        spacing: SPACING,
      },
    })),
    isHere: (index) => of.values?.(index) !== 'absent',
    canvas: (index) => ({
      size: SIZE,
      spacing: SPACING,
      runs: of.runs ?? [],
      others: of.others ?? [],
      values: of.values?.(index) ?? null,
    }),
  };
}

const HAND: Hand = {
  radius: millimetres(3),
  isBall: true,
  range: null,
  protectsOthers: false,
  isErasing: false,
};

const MIDDLE = imagePoint(10, 10);
const areas = (changes: readonly { index: number; runs: Runs }[]) =>
  changes.map(({ index, runs }) => [index, areaOf(runs)]).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));

describe('scissors through slices', () => {
  const around = [imagePoint(5, 5), imagePoint(15, 5), imagePoint(15, 15), imagePoint(5, 15)];
  const cutWith = async (of: Parameters<typeof ground>[0], hand: Hand) => {
    const stroke = beginStroke('scissors', around[0] ?? MIDDLE, ground(of), hand);
    for (const point of around.slice(1)) stroke.move(point);
    return stroke.finish();
  };

  test('cut every slice of the stack along one outline, or one slice by itself', async () => {
    const all = areas(await cutWith({}, HAND));
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => [index, 100]));
    expect(areas(await cutWith({}, { ...HAND, isBall: false }))).toEqual([[3, 100]]);
  });

  test('cut out only where something lies, and paint only values in the range', async () => {
    const runs = runsOf(beginMask());
    const left = areas(await cutWith({ runs }, { ...HAND, isErasing: true }));
    expect(left).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => [index, 300]));
    expect(await cutWith({}, { ...HAND, isErasing: true })).toEqual([]);
    const values = (index: number) =>
      index === 2 ? ('absent' as const) : new Array(400).fill(index);
    const ranged = areas(await cutWith({ values }, { ...HAND, range: [1, 4] }));
    expect(ranged).toEqual([1, 3, 4].map((index) => [index, 100]));
  });
});

const beginMask = () => ({ size: SIZE, data: new Uint8Array(400).fill(1) });

describe('a ball', () => {
  test('changes the slices it touches and no other', async () => {
    const made = await beginStroke('brush', MIDDLE, ground({}), HAND).finish();
    expect(areas(made).map(([index]) => index)).toEqual([2, 3, 4]);
    expect(areas(made)[0]?.[1]).toBe(areas(made)[2]?.[1]);
    expect(areas(made)[0]?.[1]).toBeLessThan(areas(made)[1]?.[1] ?? 0);
  });

  test('stays on its slice where slices have no order in space', async () => {
    const flat = { ...ground({}), isStack: false };
    expect(areas(await beginStroke('brush', MIDDLE, flat, HAND).finish())).toHaveLength(1);
  });

  test('erases what it painted, back to nothing', async () => {
    const painted = await beginStroke('brush', MIDDLE, ground({}), HAND).finish();
    const runsAt = (index: number) => painted.find((one) => one.index === index)?.runs ?? [];
    const lying = ground({});
    const again = { ...lying, canvas: (at: number) => ({ ...lying.canvas(at), runs: runsAt(at) }) };
    const erased = await beginStroke('eraser', MIDDLE, again, HAND).finish();
    expect(erased.every(({ runs }) => runs.length === 0)).toBe(true);
  });

  test('leaves other segments alone on every slice when told to', async () => {
    const left = maskFrom([], SIZE);
    for (let row = 0; row < 20; row += 1) left.data.fill(1, row * 20, row * 20 + 10);
    const others = [runsOf(left)];
    const made = await beginStroke('brush', MIDDLE, ground({ others }), {
      ...HAND,
      protectsOthers: true,
    }).finish();
    for (const { runs } of made) {
      const mask = maskFrom(runs, SIZE);
      expect(mask.data.some((inside, at) => inside === 1 && at % 20 < 10)).toBe(false);
    }
  });

  test('held to a range waits for the pixels of the slices beside, then paints them too', async () => {
    const values = new Float32Array(400).map((_, at) => (at % 20 < 10 ? 0 : 100));
    const here = new Set([3, 4]);
    const within: Hand = { ...HAND, range: [50, 200] };
    const stroke = beginStroke(
      'brush',
      MIDDLE,
      ground({ values: (index) => (here.has(index) ? values : 'absent') }),
      within,
    );
    expect(stroke.waiting()).toEqual([2]);
    stroke.move(imagePoint(12, 10));
    here.add(2);
    const made = areas(await stroke.finish());
    expect(made.map(([index]) => index)).toEqual([2, 3, 4]);
    expect(made[0]?.[1]).toBe(made[2]?.[1]);
  });

  test('leaves a slice alone whose pixels never came', async () => {
    const values = new Float32Array(400).fill(100);
    const stroke = beginStroke(
      'brush',
      MIDDLE,
      ground({ values: (index) => (index === 2 ? 'absent' : values) }),
      { ...HAND, range: [50, 200] },
    );
    expect(areas(await stroke.finish()).map(([index]) => index)).toEqual([3, 4]);
  });
});

test('a brush along edges stops where the grey changes', async () => {
  const values = new Float32Array(400).map((_, at) => (at % 20 < 10 ? 0 : 100));
  const stroke = beginStroke('edge', imagePoint(8, 10), ground({ values: () => values }), {
    ...HAND,
    radius: millimetres(6),
  });
  const [made] = await stroke.finish();
  const mask = maskFrom(made?.runs ?? [], SIZE);
  expect(areaOf(made?.runs ?? [])).toBeGreaterThan(50);
  expect(mask.data.some((inside, at) => inside === 1 && at % 20 >= 10)).toBe(false);
});

describe('a region grown from a press', () => {
  const values = new Float32Array(400).map((_, at) => (at % 20 < 10 ? 0 : 100));
  const lying = ground({ values: () => values });

  test('is what is joined and alike, on this slice or through all of them, and keeps the rest', async () => {
    const flat = beginStroke('grow', imagePoint(3, 3), lying, { ...HAND, isBall: false });
    expect(areas(await flat.finish())).toEqual([[3, 200]]);
    const through = beginStroke('grow', imagePoint(3, 3), lying, HAND);
    expect(areas(await through.finish())).toEqual([0, 1, 2, 3, 4, 5, 6].map((at) => [at, 200]));
    const held = beginStroke('grow', imagePoint(13, 3), lying, { ...HAND, range: [0, 50] });
    expect(await held.finish()).toEqual([]);
  });

  test('through slices waits for those that are not in memory', () => {
    const absent = ground({ values: (index) => (index > 4 ? 'absent' : values) });
    expect(beginStroke('grow', imagePoint(3, 3), absent, HAND).waiting()).toEqual([5, 6]);
  });
});
