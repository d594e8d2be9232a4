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

export const isSameRuns = (one: Runs, other: Runs): boolean =>
  one.length === other.length && one.every((value, at) => value === other[at]);

/** Tells of each run row by row: the columns from `start` to before `end`. */
export function eachStrip(
  runs: Runs,
  { columns }: ImageSize,
  tell: (row: number, start: number, end: number) => void,
): void {
  let at = 0;
  for (let index = 0; index + 1 < runs.length; index += 2) {
    at += runs[index] ?? 0;
    const stop = at + (runs[index + 1] ?? 0);
    // A run over the end of a row goes on in the next one.
    while (at < stop) {
      const row = Math.floor(at / columns);
      const end = Math.min(stop, (row + 1) * columns);
      tell(row, at - row * columns, end - row * columns);
      at = end;
    }
  }
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
    const a = one.data[at] ?? 0;
    const b = other.data[at] ?? 0;
    made.data[at] = how === 'and' ? a & b : how === 'or' ? a | b : a & (1 - b);
  }
  return made;
}

/** A straight edge between inside and outside, in image coordinates: [x1, y1, x2, y2]. */
export type Edge = readonly [x1: number, y1: number, x2: number, y2: number];

/** The smallest box around what is inside: first column and row, then the ones after the last. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Null where nothing is inside. */
export function boxOf({ size: { columns }, data }: Mask): Box | null {
  const first = data.indexOf(1);
  if (first < 0) return null;
  const top = Math.floor(first / columns);
  const bottom = Math.floor(data.lastIndexOf(1) / columns) + 1;
  let [left, right] = [columns, 0];
  for (let row = top; row < bottom; row += 1) {
    const line = data.subarray(row * columns, (row + 1) * columns);
    const start = line.indexOf(1);
    if (start < 0) continue;
    left = Math.min(left, start);
    right = Math.max(right, line.lastIndexOf(1) + 1);
  }
  return { left, top, right, bottom };
}

/** The border of a mask along pixel edges, neighbouring unit edges joined. */
export function borderOf(mask: Mask): Edge[] {
  const edges: Edge[] = [];
  eachEdge(mask, (...edge) => edges.push(edge));
  return edges;
}

type Drawn = (x1: number, y1: number, x2: number, y2: number) => void;

/** The same one by one: a stroke asks at every move, and leaves nothing to be cleared away. */
export function eachEdge(mask: Mask, draw: Drawn): void {
  const box = boxOf(mask);
  if (!box) return;
  edgesAlong(mask, box, 'rows', draw);
  edgesAlong(mask, box, 'columns', draw);
}

/** The edges that run along rows or along columns, over the box alone. */
function edgesAlong(
  { size: { columns, rows }, data }: Mask,
  { left, top, right, bottom }: Box,
  direction: 'rows' | 'columns',
  draw: Drawn,
): void {
  const isAlongRows = direction === 'rows';
  // `next` is the pixel after this one along the edge, `before` the one on its other side.
  const [next, before] = isAlongRows ? [1, columns] : [columns, 1];
  const lines = isAlongRows ? [top, bottom, rows] : [left, right, columns];
  const [firstLine = 0, lastLine = 0, end = 0] = lines;
  const [start, stop] = isAlongRows ? [left, right] : [top, bottom];
  for (let line = firstLine; line <= lastLine; line += 1) {
    let from = -1;
    let at = line * before + start * next;
    for (let place = start; place <= stop; place += 1, at += next) {
      const here = line < end ? data[at] : 0;
      const there = line > 0 ? data[at - before] : 0;
      const isEdge = place < stop && here !== there;
      if (isEdge && from < 0) from = place;
      if (!isEdge && from >= 0) {
        if (isAlongRows) draw(from, line, place, line);
        else draw(line, from, line, place);
        from = -1;
      }
    }
  }
}

/** A mask moved by whole pixels; what leaves the image is lost. */
export function moved({ size, data }: Mask, columns: number, rows: number): Mask {
  const made = emptyMask(size);
  data.forEach((inside, at) => {
    if (!inside) return;
    const column = (at % size.columns) + columns;
    const row = Math.floor(at / size.columns) + rows;
    if (column >= 0 && row >= 0 && column < size.columns && row < size.rows)
      made.data[row * size.columns + column] = 1;
  });
  return made;
}
