/** Values of a stack at places of a picture that lies anywhere in the patient. */
import type { Picture } from './cutThrough';
import { type Lattice, toLattice } from './lattice';
import type { PatientPoint } from './units';

export interface Voxels {
  readonly lattice: Lattice;
  /** One entry for each slice, row by row; null where it is not in memory. */
  readonly slices: readonly (ArrayLike<number> | null)[];
  /** Values that name something: the nearest one is taken, none is made between two. */
  readonly isLabelMap: boolean;
}

/** Nothing lies at a place, or its slice is not here yet. */
export const NOTHING_THERE = Number.NaN;

/** Nearer to the middle of a voxel than this share of a step, rounding is all that is in between. */
const SAME = 1e-6;

function settled(part: number): number {
  const whole = Math.round(part);
  return Math.abs(part - whole) < SAME ? whole : part;
}

/** The value at (x, y, z) in voxels, each within half a voxel of the lattice. */
function valueIn({ lattice, slices, isLabelMap }: Voxels, x: number, y: number, z: number): number {
  const [columns, rows, count] = lattice.counts;
  if (isLabelMap) {
    const values = slices[Math.min(count - 1, Math.max(0, Math.round(z)))];
    const column = Math.min(columns - 1, Math.max(0, Math.round(x)));
    const row = Math.min(rows - 1, Math.max(0, Math.round(y)));
    return values?.[row * columns + column] ?? NOTHING_THERE;
  }
  const height = Math.min(count - 1, Math.max(0, settled(z)));
  const k = Math.floor(height);
  const share = height - k;
  const near = slices[k];
  if (!near) return NOTHING_THERE;
  const right = Math.min(columns - 1, Math.max(0, settled(x)));
  const below = Math.min(rows - 1, Math.max(0, settled(y)));
  const [i, j] = [Math.floor(right), Math.floor(below)];
  const [u, v] = [right - i, below - j];
  const at = j * columns + i;
  const [on, down] = [i + 1 < columns ? 1 : 0, j + 1 < rows ? columns : 0];
  const low = between(near, at, on, down, u, v);
  if (share === 0) return low;
  const next = slices[k + 1];
  return next ? low + share * (between(next, at, on, down, u, v) - low) : NOTHING_THERE;
}

/** Between four neighbours of one slice, by how far it is to the right (u) and down (v). */
function between(
  values: ArrayLike<number>,
  at: number,
  on: number,
  down: number,
  u: number,
  v: number,
): number {
  const top = (values[at] ?? 0) + u * ((values[at + on] ?? 0) - (values[at] ?? 0));
  const lower = at + down;
  const bottom = (values[lower] ?? 0) + u * ((values[lower + on] ?? 0) - (values[lower] ?? 0));
  return top + v * (bottom - top);
}

/** The value at a place; NaN outside of the stack and where its slices are not here. */
export function valueAtPlace(voxels: Voxels, place: PatientPoint): number {
  const at = toLattice(voxels.lattice, place);
  const isIn = at.every(
    (part, axis) => part >= -0.5 && part <= (voxels.lattice.counts[axis] ?? 0) - 0.5,
  );
  return isIn ? valueIn(voxels, at[0], at[1], at[2]) : NOTHING_THERE;
}

/** A picture in voxels: its first corner, and the way from one pixel to the next. */
function stepsOver(lattice: Lattice, { corner, right, down }: Picture) {
  const from = toLattice(lattice, corner);
  const stepTo = (place: PatientPoint) => {
    const to = toLattice(lattice, place);
    return [to[0] - from[0], to[1] - from[1], to[2] - from[2]] as const;
  };
  return { from, across: stepTo(right), along: stepTo(down) };
}

/**
 * The values at the centres of a picture's pixels, asked for one by one; beyond the stack its
 * edge goes on. All slices must be here.
 */
export function valuesOver(voxels: Voxels, picture: Picture) {
  const { from, across, along } = stepsOver(voxels.lattice, picture);
  return (column: number, row: number): number => {
    const part = (axis: 0 | 1 | 2) =>
      from[axis] + (column + 0.5) * across[axis] + (row + 0.5) * along[axis];
    return valueIn(voxels, part(0), part(1), part(2));
  };
}

/** The steps of a row, from and to, on which `start + index * step` is within the lattice. */
function within(start: number, step: number, count: number): readonly [number, number] {
  const [low, high] = [-0.5 - start, count - 0.5 - start];
  if (Math.abs(step) < 1e-12) return low <= 0 && high >= 0 ? [0, Number.POSITIVE_INFINITY] : [1, 0];
  return step > 0 ? [low / step, high / step] : [high / step, low / step];
}

/**
 * Fills `into` (row by row, one value for each pixel) with the values at the centres of the
 * picture's pixels, NaN where there is none; stops after each row.
 */
export function* resample(
  voxels: Voxels,
  picture: Picture,
  into: Float32Array,
): Generator<void, void> {
  const { lattice } = voxels;
  const { size } = picture;
  const { from, across, along } = stepsOver(lattice, picture);
  for (let row = 0; row < size.rows; row += 1) {
    const start = (axis: 0 | 1 | 2) => from[axis] + 0.5 * across[axis] + (row + 0.5) * along[axis];
    const [x, y, z] = [start(0), start(1), start(2)];
    const parts = [x, y, z].map((one, axis) =>
      within(one, across[axis] ?? 0, lattice.counts[axis] ?? 0),
    );
    const first = Math.max(0, Math.ceil(Math.max(...parts.map(([low]) => low))));
    const last = Math.min(size.columns - 1, Math.floor(Math.min(...parts.map(([, high]) => high))));
    const line = row * size.columns;
    into.fill(NOTHING_THERE, line, line + size.columns);
    for (let column = first; column <= last; column += 1)
      into[line + column] = valueIn(
        voxels,
        x + column * across[0],
        y + column * across[1],
        z + column * across[2],
      );
    yield;
  }
}
