/** Margins and smoothing of random volumes, against every voxel looked at by itself. */
import { describe, expect, test } from 'vitest';
import type { Shift } from './cutThrough';
import { margin } from './margins';
import { areaOf, maskFrom, type Runs, runsOf } from './mask';
import { smooth } from './smoothing';
import type { Solid } from './solid';

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** A few balls and some dust in slices of other spacing than their pixels, evenly apart or not. */
function volume(seed: number): Solid {
  const next = numbers(seed);
  const size = { columns: 9 + Math.floor(next() * 8), rows: 8 + Math.floor(next() * 7) };
  const count = seed % 5 === 0 ? 1 : 3 + Math.floor(next() * 6);
  const pitch = { column: 0.4 + next(), row: 0.4 + next() };
  const gap = (seed % 2 === 0 ? 1 : -1) * (0.5 + 2 * next());
  const isEven = seed % 3 > 0;
  const heights_mm = Array.from(
    { length: count },
    (_, slice) => 7 + gap * (slice + (isEven ? 0 : 0.3 * next())),
  );
  const aside = seed % 4 === 0 ? [1.4 * (next() - 0.5), 1.4 * (next() - 0.5)] : null;
  const shifts = aside
    ? heights_mm.map((_, slice): Shift => [slice * (aside[0] ?? 0), slice * (aside[1] ?? 0)])
    : [];
  const balls = Array.from({ length: 3 }, () => ({
    at: [next() * size.columns, next() * size.rows, next() * count] as const,
    radius: 1 + 3 * next(),
  }));
  const isEmpty = seed % 11 === 0;
  const runs = heights_mm.map((_, slice) => {
    const data = Uint8Array.from({ length: size.columns * size.rows }, (_inside, at) => {
      const [x, y] = [at % size.columns, Math.floor(at / size.columns)];
      const isIn = balls.some(
        ({ at: [u, v, w], radius }) => Math.hypot(x - u, y - v, 1.5 * (slice - w)) < radius,
      );
      return !isEmpty && (isIn ? next() > 0.05 : next() < 0.01) ? 1 : 0;
    });
    return runsOf({ size, data });
  });
  return { size, pitch, heights_mm, shifts, runs };
}

interface Voxel {
  readonly isInside: boolean;
  /** Millimetres along columns, rows and slices, slices moved by whole pixels. */
  readonly place: readonly [number, number, number];
}

const voxelsOf = ({ size, pitch, heights_mm, shifts, runs }: Solid): Voxel[][] =>
  runs.map((one, slice) => {
    const [x, y] = (shifts[slice] ?? [0, 0]).map(Math.round) as [number, number];
    return Array.from(maskFrom(one, size).data, (inside, at) => ({
      isInside: inside === 1,
      place: [
        ((at % size.columns) + x) * pitch.column,
        (Math.floor(at / size.columns) + y) * pitch.row,
        heights_mm[slice] ?? 0,
      ] as const,
    }));
  });

const away = (one: Voxel, other: Voxel) =>
  Math.hypot(
    one.place[0] - other.place[0],
    one.place[1] - other.place[1],
    one.place[2] - other.place[2],
  );

/** What every voxel becomes. */
const changed = (
  solid: Solid,
  become: (voxel: Voxel, all: readonly Voxel[]) => boolean,
): Runs[] => {
  const slices = voxelsOf(solid);
  const all = slices.flat();
  return slices.map((voxels) =>
    runsOf({
      size: solid.size,
      data: Uint8Array.from(voxels, (one) => (become(one, all) ? 1 : 0)),
    }),
  );
};

/** Runs a computation to its end. */
function whole(computing: Generator<number, readonly Runs[]>): readonly Runs[] {
  let last = 0;
  for (;;) {
    const step = computing.next();
    if (step.done) return step.value;
    expect(step.value).toBeGreaterThanOrEqual(last);
    expect(step.value).toBeLessThanOrEqual(1);
    last = step.value;
  }
}

const seeds = Array.from({ length: 24 }, (_, seed) => seed);

describe('through a stack', () => {
  test.each(seeds)('a margin is that of every voxel by itself (seed %d)', (seed) => {
    const solid = volume(seed);
    const by_mm = 0.5 + 4 * numbers(seed + 100)();
    const grown = changed(solid, (one, all) =>
      all.some((other) => other.isInside && away(one, other) <= by_mm),
    );
    const shrunk = changed(
      solid,
      (one, all) =>
        one.isInside && !all.some((other) => !other.isInside && away(one, other) <= by_mm),
    );
    // whole, and in pieces of few slices
    for (const voxels of [1e6, 700]) {
      expect(whole(margin(solid, by_mm, voxels))).toEqual(grown);
      expect(whole(margin(solid, -by_mm, voxels))).toEqual(shrunk);
    }
  });

  test.each(seeds)('smoothing asks most of the voxels around (seed %d)', (seed) => {
    const solid = volume(seed);
    const width_mm = 1 + 4 * numbers(seed + 200)();
    const most = changed(solid, (one, all) => {
      const around = all.filter(({ place }) =>
        place.every((part, axis) => Math.abs(part - (one.place[axis] ?? 0)) <= width_mm / 2),
      );
      return around.filter(({ isInside }) => isInside).length * 2 > around.length;
    });
    expect(whole(smooth(solid, width_mm))).toEqual(most);
  });
});

test('places exactly as far away as asked for belong to the margin', () => {
  const size = { columns: 21, rows: 21 };
  const runs: Runs[] = Array.from({ length: 9 }, () => []);
  runs[4] = [10 * 21 + 10, 1];
  const solid = {
    size,
    pitch: { column: 0.7, row: 0.7 },
    heights_mm: runs.map((_, slice) => 0.7 * slice),
    shifts: [],
    runs,
  };
  const near = (radius: number) => {
    let count = 0;
    for (let x = -9; x <= 9; x += 1)
      for (let y = -9; y <= 9; y += 1)
        for (let z = -4; z <= 4; z += 1) if (x * x + y * y + z * z <= radius * radius) count += 1;
    return count;
  };
  for (const radius of [1, 2, 3, 5])
    expect(whole(margin(solid, 0.7 * radius)).reduce((sum, one) => sum + areaOf(one), 0)).toBe(
      near(radius),
    );
});
