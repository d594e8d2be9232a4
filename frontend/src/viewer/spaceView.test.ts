import { describe, expect, test, vi } from 'vitest';
import { dot } from '../geometry/plane';
import { rightOf } from '../geometry/planes';
import { millimetres, patientPoint } from '../geometry/units';
import type { Frame } from './frames';
import { blockOf, createReducer, reducedFor, reduceStack } from './reducedVolume';
import { fromTheFront, moved, type Orbit, orbited, zoomed } from './volumeCamera';
import { emptyValue, looksFor } from './volumeLooks';

vi.mock('@cornerstonejs/core', () => ({ cache: {}, volumeLoader: {} }));
vi.mock('./imageIds', () => ({}));
vi.mock('./cornerstone', () => ({ CACHE_BYTES: 1 }));

const SIZE = { rows: 4, columns: 6 };

const frame = (z: number, more: Partial<Frame> = {}): Frame =>
  ({
    plane: {
      origin: patientPoint(-30, 10, z),
      rowDirection: [1, 0, 0],
      columnDirection: [0, 1, 0],
      spacing: { row: millimetres(0.5), column: millimetres(0.5) },
    },
    size: SIZE,
    modality: 'CT',
    valueUnit: 'HU',
    ...more,
  }) as Frame;

/** Fractional values that depend on the place alone: column + 10 rows + 100 z. */
const pixelsAt = (z: number) =>
  Float32Array.from({ length: 24 }, (_, at) => (at % 6) + 10 * Math.floor(at / 6) + 100 * z + 0.25);

describe('a stack made smaller', () => {
  for (const [name, heights] of [
    ['upwards', [0, 1, 2, 3, 4]],
    ['downwards', [4, 3, 2, 1, 0]],
  ] as const)
    test(`keeps every value where it was, slices running ${name}`, () => {
      const frames = heights.map((z) => frame(z));
      const whole = reducedFor(frames, 1000, -5);
      expect(whole.block).toEqual([1, 1, 1]);
      expect(whole.origin).toEqual([-30, 10, 0]);
      const reducer = createReducer(frames, whole);
      expect(whole.values.every((value) => value === -5)).toBe(true);
      heights.forEach((z, index) => {
        reducer.add(index, pixelsAt(z));
      });
      expect([...whole.values]).toEqual([0, 1, 2, 3, 4].flatMap((z) => [...pixelsAt(z)]));
    });

  test('has the mean of each block at the middle of the block', () => {
    const frames = [0, 0.5, 1, 1.5].map((z) => frame(z));
    const small = reducedFor(frames, 12, -5);
    expect(small.block).toEqual([2, 2, 2]);
    expect(small.counts).toEqual([3, 2, 2]);
    expect(small.spacing_mm).toEqual([1, 1, 1]);
    expect(small.origin).toEqual([-29.75, 10.25, 0.25]);
    const reducer = createReducer(frames, small);
    for (let index = 0; index < 4; index += 1) reducer.add(index, pixelsAt(index / 2));
    // columns 2 and 3, rows 0 and 1, slices at 1 and 1.5 mm
    expect(small.values[7]).toBeCloseTo(2.5 + 10 * 0.5 + 100 * 1.25 + 0.25, 3);
  });

  test('is reduced no more than it has to be, and refused where it cannot be fetched', () => {
    const counts = [512, 512, 300] as const;
    const block = blockOf(counts, [0.7, 0.7, 1.2], 2_500_000);
    const left = counts.map((count, axis) => Math.ceil(count / (block[axis] ?? 1)));
    const product = left.reduce((all, count) => all * count, 1);
    expect(product).toBeLessThanOrEqual(2_500_000);
    expect(product).toBeGreaterThan(700_000);
    const huge = Array.from({ length: 5000 }, (_, z) =>
      frame(z, { size: { rows: 512, columns: 512 } }),
    );
    expect(() => reduceStack(huge, { most: 1000, air: 0 }, () => undefined)).toThrow();
  });
});

describe('looking at it', () => {
  const start: Orbit = { normal: [0, -1, 0], up: [0, 0, 1], focus: [0, 0, 0], reach_mm: 100 };

  test('the left of the patient is at the right, and the body follows the hand', () => {
    expect(rightOf(start)[0]).toBe(1);
    const right = orbited(start, Math.PI / 2, 0);
    // what was in front is at the right now: one looks at the right side of the patient
    expect(right.normal[0]).toBeCloseTo(-1);
    const down = orbited(start, 0, Math.PI / 2);
    expect(down.normal[2]).toBeCloseTo(1);
    expect(moved(start, 10, 5).focus).toEqual([-10, 0, 5]);
    expect(zoomed(start, 2).reach_mm).toBe(50);
  });

  test('a thousand turns leave the picture square', () => {
    let orbit = start;
    for (let turn = 0; turn < 1000; turn += 1) orbit = orbited(orbit, 0.013, 0.007);
    expect(dot(orbit.normal, orbit.normal)).toBeCloseTo(1, 6);
    expect(dot(orbit.normal, orbit.up)).toBeCloseTo(0, 6);
  });

  test('Hounsfield units have looks of their own, other values are seen by their window', () => {
    const ct = looksFor(frame(0), { center: 40, width: 400 });
    expect(ct.map(({ id }) => id)).toEqual(['bone', 'soft', 'lung', 'mip']);
    expect(emptyValue(ct)).toBeLessThan(-960);
    const mr = looksFor(frame(0, { modality: 'MR', valueUnit: '' }), { center: 500, width: 1000 });
    expect(mr.map(({ id }) => id)).toEqual(['tissue', 'mip']);
    for (const { points } of [...ct, ...mr]) {
      const values = points.map(([value]) => value);
      expect([...values].sort((one, other) => one - other)).toEqual(values);
    }
  });
});

test('a volume opens as large as its front fits into the cell', () => {
  // 200 mm wide, 300 mm deep and 90 mm high, cut from top to bottom
  const box = {
    counts: [100, 150, 30],
    origin: [-99, -149, 88.5],
    spacing_mm: [2, 2, 3],
    axes: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, -1],
    ],
  } as const;
  const { focus, reach_mm } = fromTheFront(box, 1.6);
  expect(focus).toEqual([0, 0, 45]);
  expect(reach_mm).toBeCloseTo((1.05 * 100) / 1.6, 9);
  expect(fromTheFront(box, 4).reach_mm).toBeCloseTo(1.05 * 45, 9);
});
