/** A camera that circles a volume: where it looks from, what is up, how large all is. */
import { dot, type Vector } from '../geometry/plane';
import { rightOf, turnedAbout } from '../geometry/planes';

export interface Orbit {
  /** Unit vectors (LPS): from the body to the reader, and to the top of the screen. */
  readonly normal: Vector;
  readonly up: Vector;
  /** What lies in the middle of the screen. */
  readonly focus: Vector;
  /** Half the height of the screen in millimetres. */
  readonly reach_mm: number;
}

/** From the front, head up, as a radiologist stands before a patient. */
export const fromTheFront = (focus: Vector, reach_mm: number): Orbit => ({
  normal: [0, -1, 0],
  up: [0, 0, 1],
  focus,
  reach_mm,
});

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

export const zoomed = (orbit: Orbit, factor: number): Orbit => ({
  ...orbit,
  reach_mm: Math.min(5000, Math.max(1, orbit.reach_mm / factor)),
});

/** Thousands of small turns must not add up to a skewed picture. */
function unit(vector: Vector): Vector {
  const length = Math.sqrt(dot(vector, vector));
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
