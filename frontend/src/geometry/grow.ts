/** Region grow: everything joined to a seed whose values are like those around it. */
import { alikeIn, greyOf } from './alike';
import type { Shift } from './cutThrough';
import type { Brush } from './paint';
import { overlapping, type Sheet, type Voxel } from './planeFill';
import type { ImagePoint, ImageSize } from './units';

/** Deviations from the mean of the seed's surroundings that still belong to the region. */
const DEVIATIONS = 2.5;

/** Voxels looked at between two breaths. */
const BREATH = 20_000;

/** Voxels after which a region is given up growing: more than any organ has. */
const MOST = 8_000_000;

export type Range = readonly [low: number, high: number];

/** The values of a slice, row by row; null where there are none. */
export type ValuesAt = (slice: number) => ArrayLike<number> | null;

/** The stack a region grows in. */
export interface GrowStack extends ImageSize {
  readonly count: number;
  /** Pixels by which each slice lies beside the first; empty where all stand above it. */
  readonly shifts: readonly Shift[];
}

/** Where a region may go: along the slice of its seed, through all slices, along a sheet of voxels. */
export type Reach = 'slice' | 'stack' | Sheet;

/** From a voxel to one that touches it: slices, columns and rows on. */
type Step = readonly [slices: number, columns: number, rows: number];

const IN_SLICE: readonly Step[] = [
  [0, -1, 0],
  [0, 1, 0],
  [0, 0, -1],
  [0, 0, 1],
];

/** Steps to the voxels over and under those of a slice, as they lie in the patient. */
function stepsThrough({ shifts, count }: GrowStack, slice: number): Step[] {
  return [slice - 1, slice + 1].flatMap((beside) => {
    if (beside < 0 || beside >= count) return [];
    const [[x, y], [otherX, otherY]] = [shifts[slice] ?? NO_SHIFT, shifts[beside] ?? NO_SHIFT];
    const rows = overlapping(y - otherY);
    return overlapping(x - otherX).flatMap((column) =>
      rows.map((row): Step => [beside - slice, column, row]),
    );
  });
}

const NO_SHIFT: Shift = [0, 0];

const [INSIDE, REFUSED] = [1, 2];

/**
 * The range of what lies under the pointer: mean and 2.5 deviations of the pixels within the disc
 * that are joined to it and like it; at least one unit to each side. Null outside the image.
 */
export function rangeAround(
  values: ArrayLike<number>,
  size: ImageSize,
  centre: ImagePoint,
  disc: Brush,
): Range | null {
  const pixels = alikeIn(greyOf(values, size), centre, disc);
  if (pixels.length === 0) return null;
  const of = pixels.map((at) => values[at] ?? 0);
  const mean = of.reduce((sum, value) => sum + value, 0) / of.length;
  const spread = Math.sqrt(of.reduce((sum, value) => sum + (value - mean) ** 2, 0) / of.length);
  const reach = Math.max(1, DEVIATIONS * spread);
  return [mean - reach, mean + reach];
}

/**
 * Grows from a seed over voxels of the range that share a part of a face: in a slice those beside
 * each other, from slice to slice those that lie over each other in the patient by whatever part.
 * Pauses after every so many voxels, and answers what it found by slice, 1 inside. Holes of single
 * pixels, which noise leaves, are closed: those that the region surrounds in their slice, or in the
 * sheet. A region of more than 8 million voxels has run out of what was meant, and stops there.
 */
export function* grown(
  stack: GrowStack,
  valuesAt: ValuesAt,
  seed: Voxel,
  [low, high]: Range,
  reach: Reach,
): Generator<void, Map<number, Uint8Array>> {
  const { columns, rows, count } = stack;
  const pixels = columns * rows;
  const isWithin = typeof reach === 'function' ? reach : () => true;
  const steps = Array.from({ length: count }, (_, slice) =>
    reach === 'slice' ? IN_SLICE : [...IN_SLICE, ...stepsThrough(stack, slice)],
  );
  const states = new Map<number, Uint8Array>();
  const inside = new Set<number>();
  const [waiting, refused]: [number[], number[]] = [[], []];
  const isThere = (column: number, row: number) =>
    column >= 0 && row >= 0 && column < columns && row < rows;
  const look = (slice: number, column: number, row: number) => {
    const at = row * columns + column;
    if (!isThere(column, row) || states.get(slice)?.[at] || !isWithin(column, row, slice)) return;
    const value = valuesAt(slice)?.[at];
    if (value === undefined) return;
    const state = states.get(slice) ?? new Uint8Array(pixels);
    states.set(slice, state);
    const isLike = value >= low && value <= high;
    state[at] = isLike ? INSIDE : REFUSED;
    (isLike ? waiting : refused).push(slice * pixels + at);
    if (isLike) inside.add(slice);
  };
  const placeOf = (voxel: number) => {
    const [slice, at] = [Math.floor(voxel / pixels), voxel % pixels];
    return [slice, at % columns, Math.floor(at / columns)] as const;
  };
  look(seed.slice, seed.at % columns, Math.floor(seed.at / columns));
  let looked = 0;
  for (let next = waiting.pop(); next !== undefined && looked < MOST; next = waiting.pop()) {
    const [slice, column, row] = placeOf(next);
    for (const [on, x, y] of steps[slice] ?? []) look(slice + on, column + x, row + y);
    looked += 1;
    if (looked % BREATH === 0) yield;
  }
  for (const voxel of refused) {
    const [slice, column, row] = placeOf(voxel);
    const around = typeof reach === 'function' ? (steps[slice] ?? []) : IN_SLICE;
    const isHole = around.every(
      ([on, x, y]) =>
        !isWithin(column + x, row + y, slice + on) ||
        (isThere(column + x, row + y) &&
          states.get(slice + on)?.[(row + y) * columns + column + x] === INSIDE),
    );
    states.get(slice)?.fill(isHole ? INSIDE : 0, voxel % pixels, (voxel % pixels) + 1);
    looked += 1;
    if (looked % BREATH === 0) yield;
  }
  return new Map([...states].filter(([slice]) => inside.has(slice)));
}
