/** Exact Euclidean distances on a pixel grid, and what is made with them: margins, in-between slices. */
import { emptyMask, type Mask } from './mask';
import type { ImageSize } from './units';

/** Millimetres from one column and from one row to the next. */
export interface Pitch {
  readonly column: number;
  readonly row: number;
}

const FAR = 1e20;

/**
 * The lower envelope of parabolas over one line, squared distances in and out
 * (Felzenszwalb and Huttenlocher, Theory of Computing 8, 2012).
 */
function alongLine(values: Float64Array, pitch: number): Float64Array {
  const count = values.length;
  const out = new Float64Array(count);
  const roots = new Int32Array(count);
  const edges = new Float64Array(count + 1);
  const scale = pitch * pitch;
  let last = 0;
  edges[0] = Number.NEGATIVE_INFINITY;
  edges[1] = Number.POSITIVE_INFINITY;
  const meet = (one: number, other: number): number =>
    ((values[one] ?? 0) - (values[other] ?? 0) + scale * (one * one - other * other)) /
    (2 * scale * (one - other));
  for (let at = 1; at < count; at += 1) {
    let crossing = meet(at, roots[last] ?? 0);
    while (last > 0 && crossing <= (edges[last] ?? 0)) {
      last -= 1;
      crossing = meet(at, roots[last] ?? 0);
    }
    last += 1;
    roots[last] = at;
    edges[last] = crossing;
    edges[last + 1] = Number.POSITIVE_INFINITY;
  }
  let nearest = 0;
  for (let at = 0; at < count; at += 1) {
    while ((edges[nearest + 1] ?? 0) < at) nearest += 1;
    const root = roots[nearest] ?? 0;
    out[at] = scale * (at - root) * (at - root) + (values[root] ?? 0);
  }
  return out;
}

/**
 * Squared distance in mm² from each pixel's centre to the nearest centre of a pixel of `value`;
 * larger than any image where there is none.
 */
export function squaredDistances({ size, data }: Mask, value: 0 | 1, pitch: Pitch): Float64Array {
  const { columns, rows } = size;
  const field = Float64Array.from(data, (here) => (here === value ? 0 : FAR));
  const column = new Float64Array(rows);
  for (let x = 0; x < columns; x += 1) {
    for (let y = 0; y < rows; y += 1) column[y] = field[y * columns + x] ?? 0;
    const done = alongLine(column, pitch.row);
    for (let y = 0; y < rows; y += 1) field[y * columns + x] = done[y] ?? 0;
  }
  for (let y = 0; y < rows; y += 1) {
    const line = field.subarray(y * columns, (y + 1) * columns);
    line.set(alongLine(Float64Array.from(line), pitch.column));
  }
  return field;
}

/** A mask grown by so many mm, or shrunk by as many when negative. */
export function margin(mask: Mask, by_mm: number, pitch: Pitch): Mask {
  const made = emptyMask(mask.size);
  const away = squaredDistances(mask, by_mm >= 0 ? 1 : 0, pitch);
  const limit = by_mm * by_mm + 1e-9;
  for (let at = 0; at < made.data.length; at += 1) {
    const isNear = (away[at] ?? FAR) <= limit;
    made.data[at] = (by_mm >= 0 ? isNear : !isNear) ? 1 : 0;
  }
  return made;
}

/** Distance to the border in mm, negative inside; half a pixel is split evenly between both sides. */
export function signedDistances(mask: Mask, pitch: Pitch): Float64Array {
  const toInside = squaredDistances(mask, 1, pitch);
  const toOutside = squaredDistances(mask, 0, pitch);
  const half = Math.min(pitch.column, pitch.row) / 2;
  return Float64Array.from(mask.data, (inside, at) =>
    inside ? half - Math.sqrt(toOutside[at] ?? 0) : Math.sqrt(toInside[at] ?? 0) - half,
  );
}

/** A slice between two others. */
export interface Step {
  /** How far it lies on the way from one to the other, 0 to 1. */
  readonly share: number;
  /** What to add to a pixel's column and row for where it lies on either of them, in pixels. */
  readonly onOne: Offset;
  readonly onOther: Offset;
}

export type Offset = readonly [columns: number, rows: number];

/** A field seen from pixels that lie beside its own; linear in between, at its edge it goes on. */
function offsetBy(field: Float64Array, { columns, rows }: ImageSize, [x, y]: Offset): Float64Array {
  if (x === 0 && y === 0) return field;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - left, y - top];
  const at = (column: number, row: number) =>
    field[
      Math.min(rows - 1, Math.max(0, row)) * columns + Math.min(columns - 1, Math.max(0, column))
    ] ?? 0;
  return Float64Array.from(field, (_, pixel) => {
    const [column, row] = [(pixel % columns) + left, Math.floor(pixel / columns) + top];
    const upper = (1 - u) * at(column, row) + u * at(column + 1, row);
    const lower = (1 - u) * at(column, row + 1) + u * at(column + 1, row + 1);
    return (1 - v) * upper + v * lower;
  });
}

/**
 * The masks of slices between two: the zero level of the mean of their signed distances (Raya and
 * Udupa, IEEE TMI 9, 1990), each seen from where the slice between lies.
 */
export function between(one: Mask, other: Mask, steps: readonly Step[], pitch: Pitch): Mask[] {
  const [from, to] = [signedDistances(one, pitch), signedDistances(other, pitch)];
  return steps.map(({ share, onOne, onOther }) => {
    const made = emptyMask(one.size);
    const [a, b] = [offsetBy(from, one.size, onOne), offsetBy(to, one.size, onOther)];
    for (let at = 0; at < made.data.length; at += 1) {
      const level = (1 - share) * (a[at] ?? 0) + share * (b[at] ?? 0);
      made.data[at] = level <= 0 ? 1 : 0;
    }
    return made;
  });
}
