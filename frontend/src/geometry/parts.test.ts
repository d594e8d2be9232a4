import { describe, expect, test } from 'vitest';
import type { Shift } from './cutThrough';
import { type Mask, maskFrom, runsOf } from './mask';
import { largestPart } from './parts';

const SIZE = { columns: 9, rows: 7 };
const COUNT = 5;

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

function noise(next: () => number, share: number): Mask {
  const data = Uint8Array.from({ length: SIZE.columns * SIZE.rows }, () =>
    next() < share ? 1 : 0,
  );
  return { size: SIZE, data };
}

const shiftsFor = (next: () => number, kind: number): Shift[] => {
  const [aside, below] = kind === 0 ? [0, 0] : [(next() - 0.5) * 3, (next() - 0.5) * 3];
  const whole = (value: number) => (kind === 1 ? Math.round(value) : value);
  return Array.from({ length: COUNT }, (_, index) => [whole(aside) * index, whole(below) * index]);
};

type Voxel = readonly [slice: number, column: number, row: number];

/** The parts told voxel by voxel: two touch where their squares in the patient share an area. */
function partsByVoxel(masks: readonly Mask[], shifts: readonly Shift[]): Voxel[][] {
  const rest = new Map<string, Voxel>();
  masks.forEach(({ data }, slice) => {
    data.forEach((inside, at) => {
      const voxel: Voxel = [slice, at % SIZE.columns, Math.floor(at / SIZE.columns)];
      if (inside) rest.set(voxel.join(), voxel);
    });
  });
  const touch = ([slice, column, row]: Voxel, [otherSlice, otherColumn, otherRow]: Voxel) => {
    if (slice === otherSlice)
      return Math.abs(column - otherColumn) + Math.abs(row - otherRow) === 1;
    if (Math.abs(slice - otherSlice) !== 1) return false;
    const [x, y] = shifts[slice] ?? [0, 0];
    const [otherX, otherY] = shifts[otherSlice] ?? [0, 0];
    const aside = Math.abs(column + x - otherColumn - otherX);
    return aside < 0.999 && Math.abs(row + y - otherRow - otherY) < 0.999;
  };
  const parts: Voxel[][] = [];
  for (const [key, seed] of rest) {
    rest.delete(key);
    const part = [seed];
    for (let at = 0; at < part.length; at += 1)
      for (const [name, voxel] of rest)
        if (touch(part[at] as Voxel, voxel)) {
          rest.delete(name);
          part.push(voxel);
        }
    parts.push(part);
  }
  return parts;
}

describe('the largest part of a stack', () => {
  const cases = Array.from({ length: 45 }, (_, seed) => [seed % 3, 31 * seed + 7] as const);

  test.each(cases)(
    'is what touching voxel by voxel makes it (shifts %d, seed %d)',
    (kind, seed) => {
      const next = numbers(seed);
      const shifts = shiftsFor(next, kind);
      const masks = Array.from({ length: COUNT }, () => noise(next, 0.12 + (seed % 5) / 20));
      const found = largestPart(
        masks.map((mask) => ({ runs: runsOf(mask), size: SIZE })),
        shifts,
      );
      const kept = found.flatMap((runs, slice) =>
        [...maskFrom(runs, SIZE).data].flatMap((inside, at) =>
          inside ? [[slice, at % SIZE.columns, Math.floor(at / SIZE.columns)].join()] : [],
        ),
      );
      const parts = partsByVoxel(masks, shifts);
      const most = Math.max(...parts.map((part) => part.length));
      const first = parts.find((part) => part.length === most) ?? [];
      expect(kept.sort()).toEqual(first.map((voxel) => voxel.join()).sort());
      // written in the one way masks are written
      for (const runs of found) expect(runs).toEqual(runsOf(maskFrom(runs, SIZE)));
    },
  );

  test('of nothing is nothing, and slices of another size are joined to nothing', () => {
    expect(largestPart([], [])).toEqual([]);
    expect(largestPart([{ runs: [], size: SIZE }], [])).toEqual([[]]);
    const small = { columns: 3, rows: 3 };
    const slices = [
      { runs: [0, 4], size: SIZE },
      { runs: [0, 3], size: small },
    ];
    expect(largestPart(slices, [])).toEqual([[0, 4], []]);
  });
});
