/** A camera that circles a volume: where it looks from, what is up, how large all is. */
import { dot, type Vector } from '../geometry/plane';
import { rightOf, turnedAbout } from '../geometry/planes';
import { type ImagePoint, type PatientPoint, patientPoint } from '../geometry/units';

export interface Orbit {
  /** Unit vectors (LPS): from the body to the reader, and to the top of the screen. */
  readonly normal: Vector;
  readonly up: Vector;
  /** What lies in the middle of the screen. */
  readonly focus: Vector;
  /** Half the height of the screen in millimetres. */
  readonly reach_mm: number;
}

/** A box of voxels: how many, from the middle of the first one on, along three unit vectors (LPS). */
export interface VoxelBox {
  readonly counts: readonly [number, number, number];
  readonly origin: Vector;
  readonly spacing_mm: readonly [number, number, number];
  readonly axes: readonly [Vector, Vector, Vector];
}

/** What draws a volume looks through one of these, as vtk.js has them. */
interface Camera {
  setParallelProjection(isParallel: boolean): unknown;
  setFocalPoint(x: number, y: number, z: number): unknown;
  setPosition(x: number, y: number, z: number): unknown;
  setViewUp(x: number, y: number, z: number): unknown;
  setParallelScale(reach: number): unknown;
}

/** Far enough from what is seen to stand before all of it. */
const AWAY_MM = 4000;

export function aim(camera: Camera, { normal, up, focus, reach_mm }: Orbit): void {
  camera.setParallelProjection(true);
  camera.setFocalPoint(focus[0], focus[1], focus[2]);
  camera.setPosition(
    focus[0] + normal[0] * AWAY_MM,
    focus[1] + normal[1] * AWAY_MM,
    focus[2] + normal[2] * AWAY_MM,
  );
  camera.setViewUp(up[0], up[1], up[2]);
  camera.setParallelScale(reach_mm);
}

/** Room left around the box. */
const MARGIN = 1.05;

/**
 * From the front, head up, as a radiologist stands before a patient; as large as the box fits
 * into a screen so many times as wide as high.
 */
export function fromTheFront(
  { counts, origin, spacing_mm, axes }: VoxelBox,
  aspect: number,
): Orbit {
  const view = { normal: [0, -1, 0], up: [0, 0, 1] } as const;
  const middle = (part: 0 | 1 | 2) =>
    axes.reduce((sum, axis, index) => sum + (axis[part] * span(index, -1)) / 2, origin[part]);
  const span = (index: number, more: number) =>
    ((counts[index] ?? 0) + more) * (spacing_mm[index] ?? 1);
  const half = (direction: Vector) =>
    axes.reduce((sum, axis, index) => sum + Math.abs(dot(axis, direction)) * span(index, 0), 0) / 2;
  return {
    ...view,
    focus: [middle(0), middle(1), middle(2)],
    reach_mm: Math.max(half(view.up), half(rightOf(view)) / aspect) * MARGIN,
  };
}

/** The body follows the hand: turned to the right and down by so many radians. */
export function orbited(orbit: Orbit, right: number, down: number): Orbit {
  const across = turnedAbout(orbit.normal, orbit.up, -right);
  const axis = rightOf({ normal: across, up: orbit.up });
  const normal = turnedAbout(across, axis, -down);
  return { ...orbit, normal: unit(normal), up: unit(turnedAbout(orbit.up, axis, -down)) };
}

/** The picture is moved by so many millimetres to the right and down. */
export function moved(orbit: Orbit, right_mm: number, down_mm: number): Orbit {
  const right = rightOf(orbit);
  const at = (axis: 0 | 1 | 2) =>
    orbit.focus[axis] - right[axis] * right_mm + orbit.up[axis] * down_mm;
  return { ...orbit, focus: [at(0), at(1), at(2)] };
}

/**
 * Where in the patient a point on screen lies, in CSS pixels from the top left of a stage of this
 * size: on the plane through the middle. The camera is a parallel one, so all before and behind
 * that place is seen at the same point.
 */
export function placeSeen(
  orbit: Orbit,
  [x, y]: ImagePoint,
  { width, height }: { readonly width: number; readonly height: number },
): PatientPoint {
  const perPixel = (2 * orbit.reach_mm) / height;
  const { focus } = moved(orbit, (width / 2 - x) * perPixel, (height / 2 - y) * perPixel);
  return patientPoint(...focus);
}

export const zoomed = (orbit: Orbit, factor: number): Orbit => ({
  ...orbit,
  reach_mm: Math.min(5000, Math.max(1, orbit.reach_mm / factor)),
});

/** Thousands of small turns must not add up to a skewed picture. */
function unit(vector: Vector): Vector {
  const length = Math.sqrt(dot(vector, vector));
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
