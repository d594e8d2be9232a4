/** Slices that a tilted gantry shifted against each other, put one above the other. */
import { type Shift, shiftOf } from './cutThrough';
import { type ImagePlane, normalOf } from './plane';
import { heightOver, type Slice } from './sweep';
import { type ImageSize, patientPoint } from './units';

/** A straight stack around a shifted one; its pixels are as large and lie the same way round. */
export interface Straight {
  readonly size: ImageSize;
  readonly planes: readonly ImagePlane[];
  /** Where the first pixel of each original slice lies in its straight one, in pixels. */
  readonly shifts: readonly Shift[];
}

/** Slices keep their height; the image grows until every one has its place. */
export function straightOf(slices: readonly Slice[]): Straight | null {
  const first = slices[0];
  if (!first) return null;
  const { plane, size } = first;
  const shifts = slices.map((slice) => shiftOf(plane, slice.plane));
  const ends = (axis: 0 | 1) => {
    const all = shifts.map((shift) => shift[axis]);
    return [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))] as const;
  };
  const [[left, right], [top, bottom]] = [ends(0), ends(1)];
  const normal = normalOf(plane);
  const planes = slices.map((slice) => {
    const height = heightOver(plane, slice.plane.origin);
    const at = (axis: 0 | 1 | 2) =>
      plane.origin[axis] +
      left * plane.spacing.column * plane.rowDirection[axis] +
      top * plane.spacing.row * plane.columnDirection[axis] +
      height * normal[axis];
    return { ...plane, origin: patientPoint(at(0), at(1), at(2)) };
  });
  return {
    size: { columns: size.columns + right - left, rows: size.rows + bottom - top },
    planes,
    shifts: shifts.map(([x, y]) => [x - left, y - top]),
  };
}

/**
 * One slice moved to its straight place, linearly between its pixels. `into` is filled with what
 * stands beside it first.
 */
export function moveSlice(
  values: ArrayLike<number>,
  size: ImageSize,
  [right, down]: Shift,
  into: Uint8Array | Int16Array | Uint16Array | Float32Array,
  columns: number,
): void {
  const isWhole = !(into instanceof Float32Array);
  const [x, y] = [Math.floor(right), Math.floor(down)];
  const [u, v] = [right - x, down - y];
  // Pixels at the edge belong to those outside of them by half: their value goes on so far.
  const at = (row: number, column: number) => {
    const line = Math.min(size.rows - 1, Math.max(0, row)) * size.columns;
    return values[line + Math.min(size.columns - 1, Math.max(0, column))] ?? 0;
  };
  const [firstRow, lastRow] = [Math.ceil(down - 0.5), Math.floor(down + size.rows - 0.5)];
  const [first, last] = [Math.ceil(right - 0.5), Math.floor(right + size.columns - 0.5)];
  const rows = into.length / columns;
  for (let row = Math.max(0, firstRow); row <= Math.min(rows - 1, lastRow); row += 1)
    for (let column = Math.max(0, first); column <= Math.min(columns - 1, last); column += 1) {
      const [i, j] = [column - x, row - y];
      const above = v === 0 ? 0 : at(j - 1, i) * (1 - u) + (u === 0 ? 0 : at(j - 1, i - 1) * u);
      const here = at(j, i) * (1 - u) + (u === 0 ? 0 : at(j, i - 1) * u);
      const value = here * (1 - v) + above * v;
      into[row * columns + column] = isWhole ? Math.round(value) : value;
    }
}
