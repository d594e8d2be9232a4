/** Exact Euclidean distances on a pixel grid, and what is made with them: in-between slices. */
import { emptyMask, type Mask } from './mask';
import type { ImageSize } from './units';

/** Millimetres from one column and from one row to the next. */
export interface Pitch {
  readonly column: number;
  readonly row: number;
}

/** Farther, squared, than anything lies from anything. */
export const FAR = 1e20;

export type Field = Float64Array | Float32Array;

/**
 * For a line of places in mm, growing: turns squared distances along other directions (FAR where
 * nothing lies) into those with this direction added, in place. It is the lower envelope of
 * parabolas (Felzenszwalb and Huttenlocher, Theory of Computing 8, 2012).
 */
export function spreadAlong(places: ArrayLike<number>): (line: Float64Array) => void {
  const count = places.length;
  const roots = new Int32Array(count);
  const depths = new Float64Array(count);
  const edges = new Float64Array(count + 1);
  return (line) => {
    let last = -1;
    for (let at = 0; at < count; at += 1) {
      const depth = line[at] ?? FAR;
      if (depth >= FAR) continue;
      const place = places[at] ?? 0;
      let crossing = Number.NEGATIVE_INFINITY;
      for (; last >= 0; last -= 1) {
        const there = places[roots[last] ?? 0] ?? 0;
        const rise = depth - (depths[last] ?? 0) + place * place - there * there;
        crossing = rise / (2 * (place - there));
        if (crossing > (edges[last] ?? 0)) break;
      }
      last += 1;
      roots[last] = at;
      depths[last] = depth;
      edges[last] = last === 0 ? Number.NEGATIVE_INFINITY : crossing;
    }
    if (last < 0) return;
    let nearest = 0;
    for (let at = 0; at < count; at += 1) {
      const place = places[at] ?? 0;
      while (nearest < last && (edges[nearest + 1] ?? 0) < place) nearest += 1;
      const away = place - (places[roots[nearest] ?? 0] ?? 0);
      line[at] = away * away + (depths[nearest] ?? 0);
    }
  };
}

/**
 * Spreads squared distances within a slice, in place, from 0 where something lies and FAR
 * elsewhere. What is more than `most` away may come out as FAR.
 */
export function spreadWithin(
  field: Field,
  { columns, rows }: ImageSize,
  pitch: Pitch,
  most = FAR,
): void {
  const across = lineOf(columns, pitch.column);
  for (let y = 0; y < rows; y += 1) across(field, y * columns, 1, most);
  const down = lineOf(rows, pitch.row);
  for (let x = 0; x < columns; x += 1) down(field, x, columns, most);
}

function lineOf(count: number, pitch: number) {
  const spread = spreadAlong(Float64Array.from({ length: count }, (_, at) => at * pitch));
  return throughField(count, spread);
}

/** Takes lines out of a field, spreads along them, and puts them back: from `start` by `step`. */
export function throughField(count: number, spread: (line: Float64Array) => void) {
  const line = new Float64Array(count);
  return (field: Field, start: number, step: number, most: number): void => {
    let isNear = false;
    for (let at = 0, from = start; at < count; at += 1, from += step) {
      const here = field[from] ?? FAR;
      const isHere = here <= most && here < FAR;
      line[at] = isHere ? here : FAR;
      if (isHere) isNear = true;
    }
    // Most lines of a large box pass nothing.
    if (!isNear) return;
    spread(line);
    for (let at = 0, to = start; at < count; at += 1, to += step) field[to] = line[at] ?? FAR;
  };
}

/**
 * Squared distance in mm² from each pixel's centre to the nearest centre of a pixel of `value`;
 * larger than any image where there is none.
 */
export function squaredDistances({ size, data }: Mask, value: 0 | 1, pitch: Pitch): Float64Array {
  const field = Float64Array.from(data, (here) => (here === value ? 0 : FAR));
  spreadWithin(field, size, pitch);
  return field;
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
