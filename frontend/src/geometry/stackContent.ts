/** A stack as small pictures around the body, to be compared with a stack of another day. */
import { dot, type ImagePlane, type Vector } from './plane';

/** Blocks along each side of a slice that is made small. */
const BLOCKS = 64;

/** Cells along each side of a picture. */
export const SIDE = 20;

/** Hounsfield units outside this are one kind of air and one kind of bone. */
const HOUNSFIELD = [-1000, 400] as const;

/** Darker and brighter blocks than these shares of all count as the same. */
const SHARES = [0.02, 0.98] as const;

interface Slice {
  readonly plane: ImagePlane;
  readonly size: { readonly rows: number; readonly columns: number };
}

/** One slice as the means of its blocks, row by row. */
export interface SmallSlice extends Slice {
  readonly means: Float32Array;
  readonly across: number;
  readonly down: number;
}

/** One slice around the body: `picture` holds `SIDE` × `SIDE` values, NaN beside the image. */
export interface Layer {
  readonly position_mm: number;
  readonly picture: Float32Array;
}

/** Directions in the patient that both stacks are looked at in. */
export interface Axes {
  readonly across: Vector;
  readonly down: Vector;
  readonly normal: Vector;
}

/** `values` are the modality values of the slice, row by row. */
export function smallSlice(
  { plane, size }: Slice,
  values: ArrayLike<number>,
  isHounsfield: boolean,
): SmallSlice {
  const across = Math.min(BLOCKS, size.columns);
  const down = Math.min(BLOCKS, size.rows);
  const sums = new Float32Array(across * down);
  const counts = new Uint32Array(across * down);
  const [low, high] = isHounsfield ? HOUNSFIELD : [-Infinity, Infinity];
  for (let row = 0; row < size.rows; row += 1) {
    const line = Math.floor((row * down) / size.rows) * across;
    for (let column = 0; column < size.columns; column += 1) {
      const value = values[row * size.columns + column] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      const at = line + Math.floor((column * across) / size.columns);
      sums[at] = (sums[at] ?? 0) + Math.min(high, Math.max(low, value));
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  return { plane, size, across, down, means: sums.map((sum, at) => sum / (counts[at] ?? 0)) };
}

export const widthOf = ({ plane, size }: Slice): number =>
  Math.min(size.columns * plane.spacing.column, size.rows * plane.spacing.row);

/** The stack around the middle of what is bright in it, in cells of `cell_mm`, by position. */
export function layersOf(slices: readonly SmallSlice[], axes: Axes, cell_mm: number): Layer[] {
  const [low, high] = rangeOf(slices);
  const clipped = (value: number) => Math.min(high, Math.max(low, value));
  const middle = middleOf(slices, axes, (value) => clipped(value) - low);
  return slices
    .map((slice): Layer => {
      const sums = new Float32Array(SIDE * SIDE);
      const counts = new Uint32Array(SIDE * SIDE);
      eachBlock(slice, axes, (u, v, value) => {
        const column = Math.floor((u - middle.u) / cell_mm + SIDE / 2);
        const row = Math.floor((v - middle.v) / cell_mm + SIDE / 2);
        if (column < 0 || row < 0 || column >= SIDE || row >= SIDE) return;
        const at = row * SIDE + column;
        sums[at] = (sums[at] ?? 0) + clipped(value);
        counts[at] = (counts[at] ?? 0) + 1;
      });
      const position_mm = dot(slice.plane.origin, axes.normal);
      return { position_mm, picture: sums.map((sum, at) => sum / (counts[at] ?? 0)) };
    })
    .sort((one, other) => one.position_mm - other.position_mm);
}

/** Calls with the middle of every block, along the two directions, and its mean. */
function eachBlock(
  { plane, size, across, down, means }: SmallSlice,
  axes: Axes,
  tell: (u: number, v: number, value: number) => void,
): void {
  const right = (plane.spacing.column * size.columns) / across;
  const below = (plane.spacing.row * size.rows) / down;
  const along = (direction: Vector) => ({
    from: dot(plane.origin, direction),
    right: dot(plane.rowDirection, direction) * right,
    below: dot(plane.columnDirection, direction) * below,
  });
  const [u, v] = [along(axes.across), along(axes.down)];
  for (let row = 0; row < down; row += 1)
    for (let column = 0; column < across; column += 1) {
      const value = means[row * across + column] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const [x, y] = [column + 0.5, row + 0.5];
      tell(u.from + u.right * x + u.below * y, v.from + v.right * x + v.below * y, value);
    }
}

function rangeOf(slices: readonly SmallSlice[]): readonly [number, number] {
  const all = slices.flatMap(({ means }) => Array.from(means).filter(Number.isFinite));
  const sorted = Float32Array.from(all).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(SHARES[0]), at(SHARES[1])];
}

function middleOf(
  slices: readonly SmallSlice[],
  axes: Axes,
  weightOf: (value: number) => number,
): { readonly u: number; readonly v: number } {
  let [total, sumU, sumV] = [0, 0, 0];
  for (const slice of slices)
    eachBlock(slice, axes, (u, v, value) => {
      const weight = weightOf(value);
      total += weight;
      sumU += weight * u;
      sumV += weight * v;
    });
  return { u: sumU / total, v: sumV / total };
}
