/** Cutting through a stack along an outline: what lies within it as seen along a direction. */
import type { Mask } from './mask';
import type { Allowed } from './paint';
import { cross, dot, type ImagePlane, imageToPatient, type Vector } from './plane';
import { halfOfVoxel } from './sweep';
import { imagePoint, type PatientPoint } from './units';

/** An outline extended along a direction, through everything or only through one plane of voxels. */
export interface Prism {
  readonly outline: readonly PatientPoint[];
  /** A unit vector: the direction it was looked along when the outline was drawn. */
  readonly normal: Vector;
  /** Only voxels that the plane of the outline passes through; otherwise all, however deep. */
  readonly isFlat: boolean;
  readonly gap_mm: number;
}

type Spot = readonly [u: number, v: number];

/** Two unit vectors square to a direction and to each other. */
function across(normal: Vector): readonly [Vector, Vector] {
  const axis: Vector = Math.abs(normal[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0];
  const side = cross(normal, axis);
  const length = Math.hypot(...side);
  const right: Vector = [side[0] / length, side[1] / length, side[2] / length];
  return [right, cross(normal, right)];
}

/** Less than this many millimetres per pixel is no way at all. */
const STILL = 1e-9;

/**
 * Where a line of pixels is inside: pairs of places along it, in pixels from its first centre. A
 * line that is seen as one spot is inside as a whole, or not at all.
 */
function insideAlong(outline: readonly Spot[], start: Spot, step: Spot): number[] {
  const length = step[0] ** 2 + step[1] ** 2;
  const isSpot = length < STILL ** 2;
  const way: Spot = isSpot ? [1, 0] : step;
  const crossings: number[] = [];
  outline.forEach((from, index) => {
    const to = outline[(index + 1) % outline.length] ?? from;
    const side = ([u, v]: Spot) => way[0] * (v - start[1]) - way[1] * (u - start[0]);
    const [one, other] = [side(from), side(to)];
    if (one <= 0 === other <= 0) return;
    const share = one / (one - other);
    const spot: Spot = [
      from[0] + share * (to[0] - from[0]) - start[0],
      from[1] + share * (to[1] - from[1]) - start[1],
    ];
    crossings.push((spot[0] * way[0] + spot[1] * way[1]) / (isSpot ? 1 : length));
  });
  if (!isSpot) return crossings.sort((one, other) => one - other);
  const isInside = crossings.filter((place) => place > 0).length % 2 === 1;
  return isInside ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [];
}

/** Pixels of a line whose height over the plane, growing by `step`, is from -half to half. */
function flatPart(height: number, step: number, half: number): readonly [number, number] {
  if (Math.abs(step) < STILL) {
    const isIn = height >= -half && height < half;
    return isIn ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [1, 0];
  }
  const ends = [(-half - height) / step, (half - height) / step];
  return [Math.min(...ends), Math.max(...ends)];
}

/** Sets the pixels of one slice whose centres lie within (even-odd rule); answers whether any did. */
export function cutPrism(
  mask: Mask,
  plane: ImagePlane,
  prism: Prism,
  value: 0 | 1,
  allowed: Allowed = () => true,
): boolean {
  const { columns, rows } = mask.size;
  const [right, down] = across(prism.normal);
  const spotOf = (place: PatientPoint): Spot => [dot(place, right), dot(place, down)];
  const outline = prism.outline.map(spotOf);
  const first = imageToPatient(plane, imagePoint(0.5, 0.5));
  const corner = spotOf(first);
  const steps = (direction: Vector, edge: number) =>
    [dot(direction, right) * edge, dot(direction, down) * edge] as const;
  const along = steps(plane.rowDirection, plane.spacing.column);
  const next = steps(plane.columnDirection, plane.spacing.row);
  const level = dot(prism.outline[0] ?? first, prism.normal);
  const half = prism.isFlat ? halfOfVoxel(plane, prism.gap_mm, prism.normal) : 0;
  const above = dot(first, prism.normal) - level;
  const rise = dot(plane.rowDirection, prism.normal) * plane.spacing.column;
  const fall = dot(plane.columnDirection, prism.normal) * plane.spacing.row;
  const isSameInEachRow = Math.hypot(...next) < STILL;
  let pairs: number[] | null = null;
  let isTouched = false;
  for (let row = 0; row < rows; row += 1) {
    const [low, high] = prism.isFlat
      ? flatPart(above + row * fall, rise, half)
      : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    if (low > columns - 1 || high < 0 || low > high) continue;
    if (!pairs || !isSameInEachRow)
      pairs = insideAlong(outline, [corner[0] + row * next[0], corner[1] + row * next[1]], along);
    for (let pair = 0; pair + 1 < pairs.length; pair += 2) {
      const from = Math.max(0, Math.ceil(Math.max(low, pairs[pair] ?? 0)));
      const to = Math.min(columns - 1, Math.floor(Math.min(high, pairs[pair + 1] ?? 0)));
      for (let column = from; column <= to; column += 1) {
        const at = row * columns + column;
        if (!allowed(at)) continue;
        mask.data[at] = value;
        isTouched = true;
      }
    }
  }
  return isTouched;
}
