/** Circles, ellipses and splines as rings of points, and directions square in the patient. */
import { boundingBox } from './points';
import { type ImagePoint, imagePoint, type PixelSpacing } from './units';

type Pair = readonly [number, number];

const plus = (a: Pair, b: Pair, times = 1): ImagePoint =>
  imagePoint(a[0] + times * b[0], a[1] + times * b[1]);

export const between = (a: Pair, b: Pair): ImagePoint =>
  imagePoint((a[0] + b[0]) / 2, (a[1] + b[1]) / 2);

export const minus = (a: Pair, b: Pair): Pair => [a[0] - b[0], a[1] - b[1]];

/** Length of an image vector in millimetres (or in pixels of equal shape). */
export const lengthOf = (vector: Pair, grid: PixelSpacing): number =>
  Math.hypot(vector[0] * grid.column, vector[1] * grid.row);

/** The vector turned by a right angle in the patient, as long as before; in image units. */
export const squareTo = (vector: Pair, grid: PixelSpacing): Pair => [
  (-vector[1] * grid.row) / grid.column,
  (vector[0] * grid.column) / grid.row,
];

const scaled = (vector: Pair, times: number): Pair => [vector[0] * times, vector[1] * times];

/** A vector along `like` with the length of so many millimetres. */
export function ofLength(like: Pair, millimetres: number, grid: PixelSpacing): Pair {
  const now = lengthOf(like, grid);
  return now === 0 ? [0, 0] : scaled(like, millimetres / now);
}

/** Two diameters square to each other, the longer first: how circles and ellipses are kept. */
export function diameters(centre: Pair, half: Pair, other: Pair, grid: PixelSpacing): ImagePoint[] {
  const isLonger = lengthOf(half, grid) >= lengthOf(other, grid);
  const [long, short] = isLonger ? [half, other] : [other, half];
  return [plus(centre, long, -1), plus(centre, long), plus(centre, short, -1), plus(centre, short)];
}

const ELLIPSE_SIDES = 72;

/**
 * The ellipse with these two conjugate diameters (end, end, end, end). An affine map of the image
 * maps it to the ellipse of the mapped diameters, so pixel shape does not matter here.
 */
export function ellipseRing(ends: readonly ImagePoint[]): ImagePoint[] {
  const [a, b, c, d] = ends;
  if (!a || !b || !c || !d) return [...ends];
  const centre = between(a, b);
  const [u, v] = [scaled(minus(b, a), 0.5), scaled(minus(d, c), 0.5)];
  return Array.from({ length: ELLIPSE_SIDES }, (_, index) => {
    const angle = (index / ELLIPSE_SIDES) * 2 * Math.PI;
    return plus(plus(centre, u, Math.cos(angle)), v, Math.sin(angle));
  });
}

const SPLINE_STEPS = 12;

/** The closed uniform Catmull-Rom spline through its nodes (Catmull and Rom 1974). */
export function splineRing(nodes: readonly ImagePoint[]): ImagePoint[] {
  const count = nodes.length;
  if (count < 3) return [...nodes];
  const node = (index: number): ImagePoint => nodes[(index + count) % count] as ImagePoint;
  return nodes.flatMap((_, index) => {
    const [before, from, to, after] = [
      node(index - 1),
      node(index),
      node(index + 1),
      node(index + 2),
    ];
    return Array.from({ length: SPLINE_STEPS }, (_, step) => {
      const t = step / SPLINE_STEPS;
      const at = (axis: 0 | 1) =>
        0.5 *
        (2 * from[axis] +
          (to[axis] - before[axis]) * t +
          (2 * before[axis] - 5 * from[axis] + 4 * to[axis] - after[axis]) * t * t +
          (3 * from[axis] - before[axis] - 3 * to[axis] + after[axis]) * t * t * t);
      return imagePoint(at(0), at(1));
    });
  });
}

/** Foot of a point on the line a-b, kept on the segment, and what is left square to it. */
export function footOn(
  point: ImagePoint,
  a: ImagePoint,
  b: ImagePoint,
  grid: PixelSpacing,
): { readonly foot: ImagePoint; readonly share: number; readonly away: Pair } {
  const [along, off] = [minus(b, a), minus(point, a)];
  const square = lengthOf(along, grid) ** 2;
  const product = along[0] * off[0] * grid.column ** 2 + along[1] * off[1] * grid.row ** 2;
  const share = square === 0 ? 0 : product / square;
  const away = minus(point, plus(a, along, share));
  const kept = Math.min(1, Math.max(0, share));
  return { foot: plus(a, along, kept), share: kept, away };
}

/** Angle in degrees, 0 to 180, between two image vectors as it is in the patient. */
export function angleBetween(one: Pair, other: Pair, grid: PixelSpacing): number {
  const dot = one[0] * other[0] * grid.column ** 2 + one[1] * other[1] * grid.row ** 2;
  const product = lengthOf(one, grid) * lengthOf(other, grid);
  return product === 0 ? 0 : (Math.acos(Math.min(1, Math.max(-1, dot / product))) * 180) / Math.PI;
}

/** Half-axes of the largest upright ellipse between two corners. */
export function uprightEllipse(a: ImagePoint, b: ImagePoint, grid: PixelSpacing): ImagePoint[] {
  const [min, max] = boundingBox([a, b]);
  const centre = between(min, max);
  return diameters(centre, [(max[0] - min[0]) / 2, 0], [0, (max[1] - min[1]) / 2], grid);
}

export { plus as shifted };
