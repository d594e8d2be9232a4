import { describe, expect, test } from 'vitest';
import { cutThrough, gridOf, patchFrom } from './cutThrough';
import { emptyMask, type Mask, runsOf } from './mask';
import { type ImagePlane, imageToPatient, type Vector } from './plane';
import { type Slice, settled, slicesTouched, sweep } from './sweep';
import { imagePoint, millimetres, patientPoint } from './units';

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

const SIZE = { columns: 13, rows: 10 };
const COUNT = 8;

/** A stack of 0.7 × 0.9 mm pixels, 2 mm apart, its slices from above or from below. */
function stack(isUp: boolean): Slice[] {
  return Array.from({ length: COUNT }, (_, index) => ({
    size: SIZE,
    plane: {
      origin: patientPoint(-3, 5, (isUp ? 2 : -2) * index),
      rowDirection: [1, 0, 0] as const,
      columnDirection: [0, 1, 0] as const,
      spacing: { row: millimetres(0.9), column: millimetres(0.7) },
    },
  }));
}

function noise(seed: number): Mask {
  const next = numbers(seed);
  const mask = emptyMask(SIZE);
  return { ...mask, data: mask.data.map(() => (next() < 0.3 ? 1 : 0)) };
}

describe('a patch', () => {
  test('holds what its runs hold and nothing else', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const mask = noise(seed * 7919);
      const patch = patchFrom(runsOf(mask), SIZE);
      if (!patch) throw new Error('the noise is not empty');
      const width = patch.right - patch.left;
      const again = mask.data.map((_, at) => {
        const [i, j] = [at % SIZE.columns, Math.floor(at / SIZE.columns)];
        const isIn = i >= patch.left && i < patch.right && j >= patch.top && j < patch.bottom;
        return isIn ? (patch.data[(j - patch.top) * width + i - patch.left] ?? 0) : 0;
      });
      expect(again).toEqual(mask.data);
    }
    expect(patchFrom([], SIZE)).toBeNull();
  });
});

describe('a cut', () => {
  test.each([true, false])(
    'across the rows shows each voxel as it is (slices upwards: %s)',
    (isUp) => {
      const slices = stack(isUp);
      const masks = slices.map((_, index) => noise(index + 1));
      const grid = gridOf(slices);
      if (!grid) throw new Error('no grid');
      const patches = masks.map((mask) => patchFrom(runsOf(mask), SIZE));
      for (let row = 0; row < SIZE.rows; row += 1) {
        // One pixel of the picture is one voxel: columns to the right, slices downwards.
        const place = (column: number, slice: number) =>
          settled(
            patientPoint(-3 + 0.7 * (column - 0.5), 5 + 0.9 * row, (isUp ? 2 : -2) * (slice - 0.5)),
            [0, 1, 0],
          );
        const cut = cutThrough(grid, patches, {
          size: { columns: SIZE.columns, rows: COUNT },
          corner: place(0, 0),
          right: place(1, 0),
          down: place(0, 1),
        });
        masks.forEach(({ data }, slice) => {
          const line = data.slice(row * SIZE.columns, (row + 1) * SIZE.columns);
          expect(cut.data.slice(slice * SIZE.columns, (slice + 1) * SIZE.columns)).toEqual(line);
        });
      }
    },
  );

  test('shows a stroke on the very plane it was painted on: all of it, on any plane', () => {
    const slices = stack(true);
    const grid = gridOf(slices);
    if (!grid) throw new Error('no grid');
    for (let seed = 1; seed <= 20; seed += 1) {
      const next = numbers(seed * 104729);
      const turn = seed % 4 === 0 ? 0 : next() * Math.PI;
      // Between voxels on every fourth plane, where a careless half would show.
      const depth = seed % 4 === 0 ? 5 + 0.9 * 4.5 : 5 + 9 * next();
      const plane: ImagePlane = {
        origin: patientPoint(1, depth, 7),
        rowDirection: [Math.cos(turn), Math.sin(turn), 0],
        columnDirection: [0, 0, 1],
        spacing: { row: millimetres(1), column: millimetres(1) },
      };
      const normal: Vector = [Math.sin(turn), -Math.cos(turn), 0];
      const place = (x: number, y: number) =>
        settled(imageToPatient(plane, imagePoint(x, y)), normal);
      const masks = slices.map(() => emptyMask(SIZE));
      const way = [place(0.5, 0.5), place(0.5, 0.5)] as const;
      const tip = { radius_mm: 2.6, flat: normal, gap_mm: 2 };
      for (const index of slicesTouched(slices, way, tip))
        sweep(masks[index] as Mask, (slices[index] as Slice).plane, way, tip, 1);
      const painted = masks.flatMap(({ data }) => [...data]).filter(Boolean).length;
      if (painted === 0) continue;
      const fine = 0.05;
      const corner = place(-6, -6);
      const cut = cutThrough(
        grid,
        masks.map((mask) => patchFrom(runsOf(mask), SIZE)),
        {
          size: { columns: 12 / fine, rows: 12 / fine },
          corner,
          right: place(-6 + fine, -6),
          down: place(-6, -6 + fine),
        },
      );
      // The voxel in the middle of the brush is seen where the brush stood.
      const middle = (6.5 / fine) * (12 / fine) + 6.5 / fine;
      expect(cut.data[Math.round(middle)]).toBe(1);
      const seen = new Set<string>();
      cut.data.forEach((inside, at) => {
        if (!inside) return;
        const [x, y] = [-6 + ((at % 240) + 0.5) * fine, -6 + (Math.floor(at / 240) + 0.5) * fine];
        const [px, py, pz] = place(x, y);
        seen.add([(px + 3) / 0.7 + 0.5, (py - 5) / 0.9 + 0.5, pz / 2 + 0.5].map(Math.floor).join());
      });
      expect(seen.size).toBe(painted);
    }
  });
});
