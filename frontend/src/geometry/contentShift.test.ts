import { expect, test } from 'vitest';
import { shiftBetween } from './contentShift';
import type { Vector } from './plane';
import { layersOf, SIDE, smallSlice, widthOf } from './stackContent';
import { millimetres, patientPoint } from './units';

/** Numbers that look like chance and are the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

interface Ball {
  readonly at: Vector;
  readonly radius_mm: number;
  readonly value: number;
}

/** A body of soft tissue that grows thinner to both ends, with balls of air and bone in it. */
function body(seed: number): (place: Vector) => number {
  const next = chance(seed);
  const balls: Ball[] = Array.from({ length: 24 }, (_, number) => ({
    at: [(next() - 0.5) * 220, (next() - 0.5) * 140, next() * 400],
    radius_mm: 15 + next() * 35,
    value: number % 2 === 0 ? -850 : 300,
  }));
  return ([x, y, z]) => {
    const wide = 0.75 + 0.25 * Math.sin((z / 400) * Math.PI);
    if ((x / (160 * wide)) ** 2 + (y / (110 * wide)) ** 2 > 1) return -1000;
    const ball = balls.find(
      ({ at, radius_mm }) => Math.hypot(x - at[0], y - at[1], z - at[2]) < radius_mm,
    );
    return ball?.value ?? 40;
  };
}

interface Scan {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** How far the table and the origin of coordinates are off. */
  readonly moved?: Vector;
  readonly pixels?: number;
  readonly width_mm?: number;
  readonly noise?: number;
  readonly isDownwards?: boolean;
}

const AXES = { across: [1, 0, 0], down: [0, 1, 0], normal: [0, 0, 1] } as const;

/** The slices of a scan, as they are compared; coordinates are its own. */
function scan(valueAt: (place: Vector) => number, settings: Scan) {
  const { from, to, step, moved = [0, 0, 0], pixels = 30, width_mm = 400 } = settings;
  const { noise = 0, isDownwards = false } = settings;
  const next = chance(7);
  const spacing = width_mm / pixels;
  const heights = Array.from(
    { length: Math.floor((to - from) / step) + 1 },
    (_, n) => from + n * step,
  );
  return (isDownwards ? heights.reverse() : heights).map((z) => {
    const corner = -width_mm / 2 + spacing / 2;
    const values = Float32Array.from({ length: pixels * pixels }, (_, at) => {
      const [x, y] = [corner + (at % pixels) * spacing, corner + Math.floor(at / pixels) * spacing];
      return valueAt([x - (moved[0] ?? 0), y - (moved[1] ?? 0), z]) + (next() - 0.5) * noise;
    });
    const plane = {
      origin: patientPoint(corner, corner, z + moved[2]),
      rowDirection: [1, 0, 0] as const,
      columnDirection: [0, 1, 0] as const,
      spacing: { row: millimetres(spacing), column: millimetres(spacing) },
    };
    return smallSlice({ plane, size: { rows: pixels, columns: pixels } }, values, true);
  });
}

type Slices = ReturnType<typeof scan>;

function shiftOf(one: Slices, other: Slices) {
  const width = ([first]: Slices) => (first ? widthOf(first) : 0);
  const cell_mm = Math.min(width(one), width(other)) / SIDE;
  const steps = shiftBetween(layersOf(one, AXES, cell_mm), layersOf(other, AXES, cell_mm));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const now = scan(body(1), { from: 50, to: 350, step: 5 });

test.each([
  ['the same slices in another space', { from: 50, to: 350, step: 5, moved: [0, 0, 700] }],
  ['a table moved in all directions', { from: 50, to: 350, step: 5, moved: [14, -9, -412] }],
  ['other slices of other thickness', { from: 33, to: 300, step: 3, moved: [0, 0, 88] }],
  ['thick slices of a shorter part', { from: 120, to: 340, step: 8, moved: [-10, 6, 1000] }],
  [
    'a smaller field, finer pixels',
    { from: 60, to: 330, step: 4, width_mm: 330, pixels: 44, moved: [0, 0, 31] },
  ],
  [
    'numbers that run downwards',
    { from: 50, to: 350, step: 5, moved: [0, 0, 60], isDownwards: true },
  ],
  ['much noise', { from: 60, to: 340, step: 5, noise: 400, moved: [8, 8, 250] }],
] as readonly (readonly [string, Scan])[])(
  '%s: the shift is found within its error',
  (_, settings) => {
    const found = shiftOf(now, scan(body(1), settings));
    const truth = settings.moved?.[2] ?? 0;
    expect(found?.error_mm).toBeLessThan(6);
    expect(Math.abs((found?.offset_mm ?? 0) - truth)).toBeLessThan(
      Math.max(2.5, 2 * (found?.error_mm ?? 0)),
    );
  },
);

test.each([2, 3])('another body (%s) has no place in this one', (seed) => {
  expect(shiftOf(now, scan(body(seed), { from: 50, to: 350, step: 5 }))).toBeNull();
});

test('nothing is said of noise, of a body without change, and of parts that hardly meet', () => {
  const noise = scan(() => 0, { from: 0, to: 300, step: 5, noise: 500 });
  expect(shiftOf(now, noise)).toBeNull();
  const log = scan(([x, y]) => (Math.hypot(x, y) < 120 ? 40 : -1000), {
    from: 0,
    to: 300,
    step: 5,
  });
  expect(shiftOf(log, log)).toBeNull();
  const legs = scan(body(1), { from: 330, to: 400, step: 5 });
  expect(shiftOf(scan(body(1), { from: 0, to: 110, step: 5 }), legs)).toBeNull();
});
