/** Filling on a plane through a stack: the voxels it passes through, joined edge to edge. */
import { type Grid, gridPlace, type Shift } from './cutThrough';
import { dot, imageToPatient, normalOf, type Vector } from './plane';
import { halfOfVoxel } from './sweep';
import { imagePoint, type PatientPoint } from './units';

/** A voxel: which slice, and which pixel of it in row-major order. */
export interface Voxel {
  readonly slice: number;
  readonly at: number;
}

/** The voxel a place lies in; null outside the stack. */
export function voxelAt(grid: Grid, place: PatientPoint): Voxel | null {
  const [x, y, z] = gridPlace(grid, place).map(Math.floor) as [number, number, number];
  const { columns, rows } = grid.size;
  const isIn = x >= 0 && y >= 0 && z >= 0 && x < columns && y < rows && z < grid.count;
  return isIn ? { slice: z, at: y * columns + x } : null;
}

/** Whether a voxel belongs to what is one voxel thick. */
export type Sheet = (column: number, row: number, slice: number) => boolean;

/** The voxels that the plane through `place` with this normal passes through. */
export function sheetAt(grid: Grid, place: PatientPoint, normal: Vector): Sheet {
  const { plane, step_mm, shifts } = grid;
  const first = imageToPatient(plane, imagePoint(0.5, 0.5));
  const base = dot(first, normal) - dot(place, normal);
  const right = dot(plane.rowDirection, normal) * plane.spacing.column;
  const down = dot(plane.columnDirection, normal) * plane.spacing.row;
  const through = dot(normalOf(plane), normal) * step_mm;
  const half = halfOfVoxel(plane, Math.abs(step_mm), normal);
  return (column, row, slice) => {
    const [x, y] = shifts[slice] ?? NO_SHIFT;
    const above = base + (column + x) * right + (row + y) * down + slice * through;
    return above >= -half && above < half;
  };
}

/**
 * The voxels that the plane through `place` with this normal passes through and that are joined
 * to the one at `place` through voxels that are like it: inside or outside.
 */
export function filledOnPlane(
  grid: Grid,
  place: PatientPoint,
  normal: Vector,
  isInside: (voxel: Voxel) => boolean,
): Voxel[] {
  const seed = voxelAt(grid, place);
  if (!seed) return [];
  const { size, count, shifts } = grid;
  const { columns, rows } = size;
  const was = isInside(seed);
  const isOnPlane = sheetAt(grid, place, normal);
  const found: Voxel[] = [];
  const seen = new Map<number, Uint8Array>();
  const waiting: [column: number, row: number, slice: number][] = [];
  const look = (column: number, row: number, slice: number) => {
    if (column < 0 || row < 0 || slice < 0) return;
    if (column >= columns || row >= rows || slice >= count) return;
    const at = row * columns + column;
    const known = seen.get(slice) ?? new Uint8Array(columns * rows);
    seen.set(slice, known);
    if (known[at]) return;
    known[at] = 1;
    if (!isOnPlane(column, row, slice) || isInside({ slice, at }) !== was) return;
    found.push({ slice, at });
    waiting.push([column, row, slice]);
  };
  look(seed.at % columns, Math.floor(seed.at / columns), seed.slice);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [column, row, slice] = next;
    look(column - 1, row, slice);
    look(column + 1, row, slice);
    look(column, row - 1, slice);
    look(column, row + 1, slice);
    for (const beside of [slice - 1, slice + 1]) {
      const [x, y] = shifts[slice] ?? NO_SHIFT;
      const [otherX, otherY] = shifts[beside] ?? NO_SHIFT;
      for (const over of overlapping(column + x - otherX))
        for (const below of overlapping(row + y - otherY)) look(over, below, beside);
    }
  }
  return found;
}

const NO_SHIFT: Shift = [0, 0];

/** The pixels of a shifted line that lie over one pixel of another: one, or two by a part each. */
export function overlapping(at: number): readonly number[] {
  const whole = Math.round(at);
  return Math.abs(at - whole) < 1e-3 ? [whole] : [Math.floor(at), Math.ceil(at)];
}
