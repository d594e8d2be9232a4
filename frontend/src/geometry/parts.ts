/** The parts a segment falls into through a stack of slices. */
import type { Shift } from './cutThrough';
import { eachStrip, type Runs } from './mask';
import { overlapping } from './planeFill';
import type { ImageSize } from './units';

/** A segment on one slice. */
export interface OnSlice {
  readonly runs: Runs;
  readonly size: ImageSize;
}

/** Pixels beside each other in one row: the columns from `start` to before `end`. */
interface Strip {
  readonly slice: number;
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

const NO_SHIFT: Shift = [0, 0];

function stripsOf({ runs, size }: OnSlice, slice: number): Strip[] {
  const strips: Strip[] = [];
  eachStrip(runs, size, (row, start, end) => strips.push({ slice, row, start, end }));
  return strips;
}

/** Strips by their numbers, and which part each belongs to: a forest that grows together. */
function forest(count: number) {
  const parents = Array.from({ length: count }, (_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    for (let up = parents[root] ?? root; up !== root; up = parents[root] ?? root) {
      parents[root] = parents[up] ?? up;
      root = up;
    }
    return root;
  };
  // The earlier root stays, so that of equal parts the first is found first.
  const join = (one: number, other: number) => {
    const [a, b] = [rootOf(one), rootOf(other)];
    parents[Math.max(a, b)] = Math.min(a, b);
  };
  return { rootOf, join };
}

/**
 * Keeps the part with most voxels; of equal ones the first. Joined are voxels that share a part of
 * a face: in a slice those beside each other, from slice to slice those that lie over each other in
 * the patient. `shifts`: pixels by which each slice lies beside the first; empty where all stand
 * above it. Slices of another size are joined to nothing.
 */
export function largestPart(slices: readonly OnSlice[], shifts: readonly Shift[]): Runs[] {
  const strips = slices.flatMap(stripsOf);
  const { rootOf, join } = forest(strips.length);
  const rows = slices.map(() => new Map<number, number[]>());
  strips.forEach(({ slice, row, start, end }, index) => {
    const joinIn = (other: number, at: number, from: number, to: number) => {
      for (const known of rows[other]?.get(at) ?? []) {
        const strip = strips[known];
        if (strip && strip.start < to && from < strip.end) join(known, index);
      }
    };
    joinIn(slice, row - 1, start, end);
    if (isSameSize(slices[slice], slices[slice - 1])) {
      const [x, y] = shifts[slice] ?? NO_SHIFT;
      const [otherX, otherY] = shifts[slice - 1] ?? NO_SHIFT;
      const beside = overlapping(x - otherX);
      for (const below of overlapping(y - otherY))
        joinIn(slice - 1, row + below, start + Math.min(...beside), end + Math.max(...beside));
    }
    const here = rows[slice]?.get(row);
    if (here) here.push(index);
    else rows[slice]?.set(row, [index]);
  });
  const sizes = new Map<number, number>();
  strips.forEach(({ start, end }, index) => {
    const root = rootOf(index);
    sizes.set(root, (sizes.get(root) ?? 0) + end - start);
  });
  const [largest] = [...sizes].reduce((best, one) => (one[1] > best[1] ? one : best), [-1, 0]);
  const kept = slices.map((): Strip[] => []);
  strips.forEach((strip, index) => {
    if (rootOf(index) === largest) kept[strip.slice]?.push(strip);
  });
  return slices.map(({ size }, slice) => runsOfStrips(kept[slice] ?? [], size));
}

const isSameSize = (one: OnSlice | undefined, other: OnSlice | undefined): boolean =>
  one !== undefined &&
  one.size.columns === other?.size.columns &&
  one.size.rows === other.size.rows;

/** In order, strips that follow on from one row to the next as one run. */
function runsOfStrips(strips: readonly Strip[], { columns }: ImageSize): number[] {
  const runs: number[] = [];
  let done = 0;
  for (const { row, start, end } of strips) {
    const [from, to] = [row * columns + start, row * columns + end];
    const last = runs.length - 1;
    if (last > 0 && from === done) runs[last] = (runs[last] ?? 0) + to - from;
    else runs.push(from - done, to - from);
    done = to;
  }
  return runs;
}
