/** A stack as a lattice of voxels in the patient; slices may be shifted against each other. */
import { cross, dot, type Vector } from './plane';
import { stackStep } from './stackStep';
import type { Slice } from './sweep';
import { type PatientPoint, patientPoint } from './units';

type Triple = readonly [number, number, number];

/** Voxels counted along row, column and stack; the centre of the first one is (0, 0, 0). */
export interface Lattice {
  readonly counts: Triple;
  /** LPS, mm. */
  readonly origin: Vector;
  /** Millimetres from the middle of a voxel to that of the next along the three; any three. */
  readonly steps: readonly [Vector, Vector, Vector];
  /** Rows of the matrix that makes voxels of millimetres. */
  readonly inverse: readonly [Vector, Vector, Vector];
}

const times = ([x, y, z]: Vector, factor: number): Vector => [x * factor, y * factor, z * factor];

/** Null for fewer than two slices, or where they do not span a space. */
export function latticeOf(slices: readonly Slice[]): Lattice | null {
  const first = slices[0];
  if (!first || slices.length < 2) return null;
  const { plane, size } = first;
  const across = times(plane.rowDirection, plane.spacing.column);
  const down = times(plane.columnDirection, plane.spacing.row);
  const on = stackStep(slices);
  const volume = dot(cross(across, down), on);
  if (Math.abs(volume) < 1e-9) return null;
  return {
    counts: [size.columns, size.rows, slices.length],
    origin: [plane.origin[0], plane.origin[1], plane.origin[2]],
    steps: [across, down, on],
    inverse: [
      times(cross(down, on), 1 / volume),
      times(cross(on, across), 1 / volume),
      times(cross(across, down), 1 / volume),
    ],
  };
}

/** Where a place lies, in voxels. */
export function toLattice({ origin, inverse }: Lattice, place: PatientPoint): Triple {
  const away: Vector = [place[0] - origin[0], place[1] - origin[1], place[2] - origin[2]];
  return [dot(inverse[0], away), dot(inverse[1], away), dot(inverse[2], away)];
}

export function fromLattice({ origin, steps }: Lattice, [i, j, k]: Triple): PatientPoint {
  const at = (axis: 0 | 1 | 2) =>
    origin[axis] + steps[0][axis] * i + steps[1][axis] * j + steps[2][axis] * k;
  return patientPoint(at(0), at(1), at(2));
}
