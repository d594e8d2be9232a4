/** A segment through a stack of like slices, and boxes of voxels in it. */
import type { Shift } from './cutThrough';
import type { Pitch } from './distance';
import { type Box, eachStrip, emptyMask, type Runs, runsOf } from './mask';
import type { ImageSize } from './units';

/** Parallel slices of one size. */
export interface Stack {
  readonly size: ImageSize;
  readonly pitch: Pitch;
  /** Where each slice lies along the normal: growing or falling, no two alike. */
  readonly heights_mm: readonly number[];
  /** Pixels by which each slice lies beside the first; empty where they stand above each other. */
  readonly shifts: readonly Shift[];
}

/** What lies on each slice of a stack. */
export interface Solid extends Stack {
  readonly runs: readonly Runs[];
}

/**
 * Voxels of a stack by their places: columns and rows of the first slice, and slices from `first`
 * to before `end`. A slice that lies beside the first one is taken to be moved by whole pixels.
 */
export interface Block extends Box {
  readonly first: number;
  readonly end: number;
}

/** A place this much farther than asked for is as far as asked for: numbers are rounded. */
export const ROUNDING = 1 + 1e-6;

/** Pixels by which a slice is taken to lie beside the first. */
export function besideFirst({ shifts }: Stack, slice: number): readonly [x: number, y: number] {
  const [x, y] = shifts[slice] ?? [0, 0];
  return [Math.round(x), Math.round(y)];
}

/** Pixels along rows and columns that a length reaches from the middle of one to that of another. */
export const pixelsIn = (reach_mm: number, { column, row }: Pitch): readonly [number, number] => [
  Math.floor((reach_mm * ROUNDING) / column),
  Math.floor((reach_mm * ROUNDING) / row),
];

/** Slices no farther than that from a slice: from the first to before the end. */
export function slicesAround(
  { heights_mm }: Stack,
  slice: number,
  reach_mm: number,
): readonly [first: number, end: number] {
  const here = heights_mm[slice] ?? 0;
  const isNear = (index: number) =>
    index >= 0 &&
    index < heights_mm.length &&
    Math.abs((heights_mm[index] ?? 0) - here) <= reach_mm * ROUNDING;
  let [first, end] = [slice, slice + 1];
  while (isNear(first - 1)) first -= 1;
  while (isNear(end)) end += 1;
  return [first, end];
}

/** The smallest block around what lies anywhere; null where nothing does. */
export function blockOf(solid: Solid): Block | null {
  let block: Block | null = null;
  solid.runs.forEach((runs, slice) => {
    const [x, y] = besideFirst(solid, slice);
    eachStrip(runs, solid.size, (row, start, end) => {
      const { left, top, right, bottom, first } = block ?? EMPTY;
      block = {
        left: Math.min(left, start + x),
        top: Math.min(top, row + y),
        right: Math.max(right, end + x),
        bottom: Math.max(bottom, row + y + 1),
        first: Math.min(first, slice),
        end: slice + 1,
      };
    });
  });
  return block;
}

const [LOW, HIGH] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const EMPTY: Block = { left: HIGH, top: HIGH, right: LOW, bottom: LOW, first: HIGH, end: 0 };

/** The block with so many millimetres around it, as far as there are images. */
export function widened(block: Block, stack: Stack, reach_mm: number): Block {
  const [across, down] = pixelsIn(reach_mm, stack.pitch);
  const besides = stack.heights_mm.map((_, slice) => besideFirst(stack, slice));
  const least = (axis: 0 | 1) => besides.reduce((low, one) => Math.min(low, one[axis]), HIGH);
  const most = (axis: 0 | 1) => besides.reduce((high, one) => Math.max(high, one[axis]), LOW);
  return {
    left: Math.max(least(0), block.left - across),
    top: Math.max(least(1), block.top - down),
    right: Math.min(most(0) + stack.size.columns, block.right + across),
    bottom: Math.min(most(1) + stack.size.rows, block.bottom + down),
    first: slicesAround(stack, block.first, reach_mm)[0],
    end: slicesAround(stack, block.end - 1, reach_mm)[1],
  };
}

/** Columns and rows of a block. */
export const sizeOf = ({ left, top, right, bottom }: Block): ImageSize => ({
  columns: right - left,
  rows: bottom - top,
});

/** The part of a block that a slice has pixels in. */
function partWith({ size, ...stack }: Stack, { left, top, right, bottom }: Block, slice: number) {
  const [x, y] = besideFirst({ size, ...stack }, slice);
  return {
    left: Math.max(left, x),
    top: Math.max(top, y),
    right: Math.min(right, x + size.columns),
    bottom: Math.min(bottom, y + size.rows),
  };
}

interface Values {
  /** For the pixels of the segment, and for the others of the slice. */
  readonly inside: number;
  readonly outside: number;
}

/** Writes what lies on a slice into a field of the block's size; beyond the image it stays. */
export function lay(
  field: { fill(value: number, start: number, end: number): unknown },
  block: Block,
  solid: Solid,
  slice: number,
  { inside, outside }: Values,
): void {
  const { columns } = sizeOf(block);
  const { left, top, right, bottom } = partWith(solid, block, slice);
  const [x, y] = besideFirst(solid, slice);
  const set = (row: number, start: number, end: number, value: number) => {
    const line = (row - block.top) * columns - block.left;
    if (end > start) field.fill(value, line + start, line + end);
  };
  for (let row = top; row < bottom; row += 1) set(row, left, right, outside);
  eachStrip(solid.runs[slice] ?? [], solid.size, (row, start, end) => {
    if (row + y >= top && row + y < bottom)
      set(row + y, Math.max(left, start + x), Math.min(right, end + x), inside);
  });
}

/** The runs of a slice: `isInside` answers for each place of a field of the block's size. */
export function taken(
  block: Block,
  stack: Stack,
  slice: number,
  isInside: (at: number) => boolean,
): Runs {
  const { left, top, right, bottom } = partWith(stack, block, slice);
  const [x, y] = besideFirst(stack, slice);
  const mask = emptyMask(stack.size);
  for (let row = top; row < bottom; row += 1) {
    const from = (row - block.top) * (block.right - block.left) - block.left;
    const to = (row - y) * stack.size.columns - x;
    for (let column = left; column < right; column += 1)
      if (isInside(from + column)) mask.data[to + column] = 1;
  }
  return runsOf(mask);
}
