import vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer.js';
import { describe, expect, test, vi } from 'vitest';
import { maskFrom, type Runs, runsOf } from '../geometry/mask';
import { dot, imageToPatient } from '../geometry/plane';
import { rightOf } from '../geometry/planes';
import { imagePoint, millimetres, patientPoint } from '../geometry/units';
import type { Frame } from './frames';
import { blockOf, createReducer, reducedFor, reduceStack } from './reducedVolume';
import { beginScissors } from './scissors';
import type { Ground } from './segments';
import { aim, fromTheFront, moved, type Orbit, orbited, placeSeen, zoomed } from './volumeCamera';
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

describe('scissors in 3D', () => {
  const STAGE = { width: 640, height: 400 };
  const full: Runs = [0, SIZE.columns * SIZE.rows];
  const slices = [0, 1, 2, 3.5, 4.5, 6].map((z) => ({ size: SIZE, plane: frame(z).plane }));
  const ground: Ground = {
    slices,
    isStack: true,
    isHere: () => false,
    canvas: (index) => ({
      size: SIZE,
      spacing: frame(0).plane.spacing,
      // nothing is painted on the last slice but one
      runs: index === 4 ? [] : full,
      others: [],
      values: 'absent',
    }),
  };
  const erasing = {
    ...{ radius: millimetres(5), isBall: false, range: null, protectsOthers: true },
    isErasing: true,
  };

  /** Where the camera that draws the picture puts a place, in CSS pixels. */
  function onScreen(orbit: Orbit) {
    const renderer = vtkRenderer.newInstance();
    aim(renderer.getActiveCamera(), orbit);
    const aspect = STAGE.width / STAGE.height;
    return (place: readonly [number, number, number]) => {
      const [x = 0, y = 0] = renderer.worldToNormalizedDisplay(...place, aspect);
      return [x * STAGE.width, (1 - y) * STAGE.height] as const;
    };
  }

  const isWithin = (line: readonly (readonly [number, number])[], [x, y]: readonly number[]) =>
    line.reduce((inside, [x1, y1], at) => {
      const [x2, y2] = line[(at + 1) % line.length] ?? [x1, y1];
      const isCrossed = y1 <= (y ?? 0) !== y2 <= (y ?? 0);
      return isCrossed && (x ?? 0) < x1 + (((y ?? 0) - y1) / (y2 - y1)) * (x2 - x1)
        ? !inside
        : inside;
    }, false);

  test('cut the voxels whose middles the camera shows within the line, or those outside', async () => {
    let [within, beyond] = [0, 0];
    for (let round = 0; round < 24; round += 1) {
      const start: Orbit = {
        ...{ normal: [0, -1, 0], up: [0, 0, 1] },
        focus: [-28.5 + 0.1 * round, 10.8, 3],
        reach_mm: 3 + 0.2 * round,
      };
      const orbit = round === 0 ? start : orbited(start, 0.37 * round, 0.21 * round);
      const seenAt = onScreen(orbit);
      const line = [
        [180.3, 90.1],
        [420.7, 60.2],
        [330.9, 210.4],
        [470.2, 330.8],
        [150.6, 290.5],
      ] as const;
      for (const keepsInside of [false, true]) {
        const points = line.map(([x, y]) => imagePoint(x, y));
        const stroke = beginScissors(points[0] ?? imagePoint(0, 0), ground, erasing, {
          placeOf: (point) => placeSeen(orbit, point, STAGE),
          normal: orbit.normal,
          isFlat: false,
          keepsInside,
        });
        for (const point of points.slice(1)) stroke.move(point);
        const changes = await stroke.finish();
        expect(changes.map(({ index }) => index)).not.toContain(4);
        slices.forEach(({ plane }, slice) => {
          if (slice === 4) return;
          const data = Uint8Array.from({ length: SIZE.columns * SIZE.rows }, (_, at) => {
            const [x, y] = [(at % SIZE.columns) + 0.5, Math.floor(at / SIZE.columns) + 0.5];
            const isIn = isWithin(line, seenAt(imageToPatient(plane, imagePoint(x, y))));
            if (isIn) within += 1;
            else beyond += 1;
            return isIn === keepsInside ? 1 : 0;
          });
          const found = changes.find(({ index }) => index === slice)?.runs ?? full;
          expect(maskFrom(found, SIZE).data).toEqual(data);
          expect(found).toEqual(runsOf({ size: SIZE, data }));
        });
      }
    }
    expect(Math.min(within, beyond)).toBeGreaterThan(500);
  });
});
