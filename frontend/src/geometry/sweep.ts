/** A brush that moves through the patient, and what it covers of the slices it passes. */
import type { Mask } from './mask';
import { type Allowed, ROUND } from './paint';
import {
  dot,
  type ImagePlane,
  imageToPatient,
  normalOf,
  patientToImage,
  type Vector,
} from './plane';
import { type ImagePoint, type ImageSize, type PatientPoint, patientPoint } from './units';

/** One slice of a stack of parallel images. */
export interface Slice {
  readonly plane: ImagePlane;
  readonly size: ImageSize;
}

/** The end of the brush. */
export interface Tip {
  readonly radius_mm: number;
  /**
   * Null is a ball. Otherwise a disc across this unit normal, one voxel thick: it covers the
   * voxels that the plane of the hand passes through, and of a voxel cut in half the one side.
   */
  readonly flat: Vector | null;
  /** Millimetres from one slice of the stack to the next. */
  readonly gap_mm: number;
}

export type Way = readonly [from: PatientPoint, to: PatientPoint];

/** A plane that runs along the edge between two voxels shows those behind it. */
const BEHIND_MM = 1e-4;

const away = (plane: ImagePlane, place: PatientPoint): Vector => [
  place[0] - plane.origin[0],
  place[1] - plane.origin[1],
  place[2] - plane.origin[2],
];

/** Millimetres from the middle of a slice to a place, along the slice's normal. */
export const heightOver = (plane: ImagePlane, place: PatientPoint): number =>
  dot(away(plane, place), normalOf(plane));

/** The directions of a voxel and its edges in mm: along the row, the column, through the stack. */
interface Voxel {
  readonly axes: readonly [Vector, Vector, Vector];
  readonly edges_mm: Vector;
}

const voxelOf = (plane: ImagePlane, gap_mm: number): Voxel => ({
  axes: [plane.rowDirection, plane.columnDirection, normalOf(plane)],
  edges_mm: [plane.spacing.column, plane.spacing.row, gap_mm],
});

const within = ({ axes }: Voxel, vector: Vector): Vector => [
  dot(vector, axes[0]),
  dot(vector, axes[1]),
  dot(vector, axes[2]),
];

/** How far the brush reaches along each direction of a voxel; a disc never misses its own voxel. */
function reachOf({ radius_mm, flat }: Tip, { edges_mm }: Voxel): Vector {
  const atLeastHalf = (edge: number) => Math.max(radius_mm, edge / 2);
  return [
    atLeastHalf(edges_mm[0]),
    atLeastHalf(edges_mm[1]),
    flat ? atLeastHalf(edges_mm[2]) : radius_mm,
  ];
}

/** Half of what a voxel measures along a direction: a plane nearer to its middle passes through. */
const halfAlong = (edges_mm: Vector, direction: Vector): number =>
  (Math.abs(direction[0]) * edges_mm[0] +
    Math.abs(direction[1]) * edges_mm[1] +
    Math.abs(direction[2]) * edges_mm[2]) /
  2;

/** The same for a voxel of a stack `gap_mm` deep. */
export function halfOfVoxel(plane: ImagePlane, gap_mm: number, direction: Vector): number {
  const voxel = voxelOf(plane, gap_mm);
  return halfAlong(voxel.edges_mm, within(voxel, direction));
}

/** The slice nearest to a place, no farther than `within_mm`; of two alike the first, else -1. */
export function nearestSlice(
  slices: readonly Slice[],
  place: PatientPoint,
  within_mm: number,
): number {
  let [best, nearest] = [-1, within_mm + 2 * BEHIND_MM];
  slices.forEach(({ plane }, index) => {
    const height = Math.abs(heightOver(plane, place));
    if (height < nearest - BEHIND_MM) [best, nearest] = [index, height];
  });
  return best;
}

/** Whether something flat lies along the slices, so that it paints the one nearest to it. */
export const isAlong = (plane: ImagePlane, normal: Vector): boolean =>
  Math.abs(dot(normalOf(plane), normal)) > 0.99999;

const liesAlong = (plane: ImagePlane, { flat }: Tip): boolean =>
  flat !== null && isAlong(plane, flat);

/** The slices a brush may touch on its way, by their places in the stack. */
export function slicesTouched(slices: readonly Slice[], way: Way, tip: Tip): number[] {
  const first = slices[0];
  if (first && liesAlong(first.plane, tip)) {
    const nearest = nearestSlice(slices, way[0], tip.gap_mm);
    return nearest < 0 ? [] : [nearest];
  }
  return slices.flatMap(({ plane }, index) => {
    const reach = reachThrough(plane, tip);
    const [one, other] = [heightOver(plane, way[0]), heightOver(plane, way[1])];
    return Math.min(one, other) <= reach && Math.max(one, other) >= -reach ? [index] : [];
  });
}

/** How far above and below a slice the brush still touches it. */
function reachThrough(plane: ImagePlane, tip: Tip): number {
  const voxel = voxelOf(plane, tip.gap_mm);
  const reach = reachOf(tip, voxel)[2];
  return tip.flat ? reach + halfAlong(voxel.edges_mm, within(voxel, tip.flat)) : reach;
}

/** The part of the way, as shares from 0 to 1, on which the brush touches the slice. */
function partTouching(from: number, to: number, reach: number): readonly [number, number] | null {
  if (from === to) return Math.abs(from) <= reach ? [0, 1] : null;
  const ends = [(-reach - from) / (to - from), (reach - from) / (to - from)];
  const [first, last] = [Math.max(0, Math.min(...ends)), Math.min(1, Math.max(...ends))];
  return first <= last ? [first, last] : null;
}

/**
 * Sets the pixels of one slice whose centres the brush passes over on its way. Voxels are those of
 * a stack: `tip.gap_mm` deep, whatever their pixels measure.
 */
export function sweep(
  mask: Mask,
  plane: ImagePlane,
  way: Way,
  tip: Tip,
  value: 0 | 1,
  allowed: Allowed = () => true,
): void {
  const { columns, rows } = mask.size;
  const voxel = voxelOf(plane, tip.gap_mm);
  const [rx, ry, rz] = reachOf(tip, voxel);
  const normal = tip.flat && within(voxel, tip.flat);
  const isLying = liesAlong(plane, tip);
  const half = normal ? halfAlong(voxel.edges_mm, normal) : 0;
  // Millimetres from the corner of the first pixel, and above the slice.
  const [sx, sy] = [plane.spacing.column, plane.spacing.row];
  const local = (place: PatientPoint): Vector => {
    const [x, y] = patientToImage(plane, place);
    return [x * sx, y * sy, heightOver(plane, place)];
  };
  const [a, b] = [local(way[0]), local(way[1])];
  const part = partTouching(a[2], b[2], reachThrough(plane, tip));
  if (!part) return;
  const between = (axis: 0 | 1, side: 0 | 1) => a[axis] + part[side] * (b[axis] - a[axis]);
  const span = (axis: 0 | 1, reach: number, spacing: number, count: number) => {
    const [one, other] = [between(axis, 0), between(axis, 1)];
    const spread = reach + (normal ? half : 0);
    return [
      Math.max(0, Math.floor((Math.min(one, other) - spread) / spacing)),
      Math.min(count - 1, Math.ceil((Math.max(one, other) + spread) / spacing)),
    ] as const;
  };
  const [left, right] = span(0, rx, sx, columns);
  const [top, bottom] = span(1, ry, sy, rows);
  // In units of the reach the ball is the unit ball, and the way it goes a capsule.
  const [dx, dy, dz] = [(b[0] - a[0]) / rx, (b[1] - a[1]) / ry, (b[2] - a[2]) / rz];
  const length = dx * dx + dy * dy + dz * dz;
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      let [x, y, z] = [(column + 0.5) * sx - a[0], (row + 0.5) * sy - a[1], -a[2]];
      if (normal) {
        const above = x * normal[0] + y * normal[1] + z * normal[2];
        if (!isLying && (above < -half || above >= half)) continue;
        x -= above * normal[0];
        y -= above * normal[1];
        z -= above * normal[2];
      }
      [x, y, z] = [x / rx, y / ry, z / rz];
      const along = length > 0 ? Math.min(1, Math.max(0, (x * dx + y * dy + z * dz) / length)) : 0;
      [x, y, z] = [x - along * dx, y - along * dy, z - along * dz];
      const at = row * columns + column;
      if (x * x + y * y + z * z <= ROUND && allowed(at)) mask.data[at] = value;
    }
  }
}

/** The pixel a place stands on, in row-major order; -1 outside the image. */
export function pixelUnder({ plane, size }: Slice, place: PatientPoint): number {
  const [x, y] = patientToImage(plane, place);
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const isOn = column >= 0 && row >= 0 && column < size.columns && row < size.rows;
  return isOn ? row * size.columns + column : -1;
}

/** A place moved the hair's breadth that decides to which side an edge between voxels belongs. */
export const settled = (place: PatientPoint, normal: Vector): PatientPoint =>
  patientPoint(
    place[0] - BEHIND_MM * normal[0],
    place[1] - BEHIND_MM * normal[1],
    place[2] - BEHIND_MM * normal[2],
  );

/** Where in the patient the points of a plane through a stack lie, settled behind it. */
export function placesOn(plane: ImagePlane): (point: ImagePoint) => PatientPoint {
  const normal = normalOf(plane);
  return (point) => settled(imageToPatient(plane, point), normal);
}
