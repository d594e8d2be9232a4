/** A binary mask on one frame, and its run lengths as the server keeps them. */
import type { ImageSize } from './units';

/**
 * One byte per pixel in row-major order, 0 outside and 1 inside. Pixel (column, row) covers image
 * coordinates from (column, row) to (column + 1, row + 1).
 */
export interface Mask {
  readonly size: ImageSize;
  readonly data: Uint8Array;
}

/** `[gap, run, gap, run, …]` pixels outside and inside, row by row; the rest is outside. */
export type Runs = readonly number[];

export const emptyMask = (size: ImageSize): Mask => ({
  size,
  data: new Uint8Array(size.columns * size.rows),
});

export const copyMask = ({ size, data }: Mask): Mask => ({ size, data: data.slice() });

export function maskFrom(runs: Runs, size: ImageSize): Mask {
  const mask = emptyMask(size);
  let at = 0;
  for (let index = 0; index + 1 < runs.length; index += 2) {
    at += runs[index] ?? 0;
    const end = at + (runs[index + 1] ?? 0);
    mask.data.fill(1, at, end);
    at = end;
  }
  return mask;
}

/** The one way to write a mask: no run of 0, no gap of 0 but the first, nothing after the last run. */
export function runsOf({ data }: Mask): number[] {
  const runs: number[] = [];
  let done = 0;
  let start = data.indexOf(1);
  while (start >= 0) {
    const end = data.indexOf(0, start);
    const stop = end < 0 ? data.length : end;
    runs.push(start - done, stop - start);
    done = stop;
    start = data.indexOf(1, stop);
  }
  return runs;
}

/** Pixels inside. */
export function areaOf(runs: Runs): number {
  let area = 0;
  for (let index = 1; index < runs.length; index += 2) area += runs[index] ?? 0;
  return area;
}

/** Pixels that lie in both, in either, or in the first alone. */
export type Combination = 'and' | 'or' | 'minus';

export function combine(one: Mask, other: Mask, how: Combination): Mask {
  const made = emptyMask(one.size);
  for (let at = 0; at < made.data.length; at += 1) {
    const [a, b] = [one.data[at] ?? 0, other.data[at] ?? 0];
    made.data[at] = how === 'and' ? a & b : how === 'or' ? a | b : a & (1 - b);
  }
  return made;
}

/** A straight edge between inside and outside, in image coordinates: [x1, y1, x2, y2]. */
export type Edge = readonly [x1: number, y1: number, x2: number, y2: number];

/** The border of a mask along pixel edges, neighbouring unit edges joined. */
export function borderOf({ size, data }: Mask): Edge[] {
  const { columns, rows } = size;
  const inside = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= columns || row >= rows
      ? 0
      : (data[row * columns + column] ?? 0);
  const edges: Edge[] = [];
  const walk = (
    lines: number,
    length: number,
    differs: (line: number, at: number) => boolean,
    edge: (line: number, from: number, to: number) => Edge,
  ) => {
    for (let line = 0; line <= lines; line += 1) {
      let from = -1;
      for (let at = 0; at <= length; at += 1) {
        const isEdge = at < length && differs(line, at);
        if (isEdge && from < 0) from = at;
        if (!isEdge && from >= 0) {
          edges.push(edge(line, from, at));
          from = -1;
        }
      }
    }
  };
  walk(
    rows,
    columns,
    (row, column) => inside(column, row - 1) !== inside(column, row),
    (row, from, to) => [from, row, to, row],
  );
  walk(
    columns,
    rows,
    (column, row) => inside(column - 1, row) !== inside(column, row),
    (column, from, to) => [column, from, column, to],
  );
  return edges;
}
