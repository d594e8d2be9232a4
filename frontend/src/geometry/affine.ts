/** A 2-D affine map between image and canvas coordinates, as zoom, pan, turn and flip make it. */
import { type CanvasPoint, canvasPoint, type ImagePoint, imagePoint } from './units';

/** x' = a x + c y + e, y' = b x + d y + f: the order of SVG's and CSS's `matrix(a b c d e f)`. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** The map that moves nothing. */
export const UNMOVED: Affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

/** The map that sends image (0,0), (1,0) and (0,1) to the three canvas points given. */
export function affineFrom(
  origin: readonly [number, number],
  alongX: readonly [number, number],
  alongY: readonly [number, number],
): Affine {
  return {
    a: alongX[0] - origin[0],
    b: alongX[1] - origin[1],
    c: alongY[0] - origin[0],
    d: alongY[1] - origin[1],
    e: origin[0],
    f: origin[1],
  };
}

export const toCanvas = (map: Affine, [x, y]: ImagePoint): CanvasPoint =>
  canvasPoint(map.a * x + map.c * y + map.e, map.b * x + map.d * y + map.f);

/** The image point under a canvas point. Raises: RangeError when the map is flat (zoom 0). */
export function toImage(map: Affine, [x, y]: CanvasPoint): ImagePoint {
  const determinant = map.a * map.d - map.b * map.c;
  if (determinant === 0) throw new RangeError('an image of no size on screen has no inverse');
  const [dx, dy] = [x - map.e, y - map.f];
  return imagePoint(
    (map.d * dx - map.c * dy) / determinant,
    (map.a * dy - map.b * dx) / determinant,
  );
}

/** CSS pixels per image pixel, as the geometric mean of both axes. */
export const scaleOf = (map: Affine): number => Math.sqrt(Math.abs(map.a * map.d - map.b * map.c));

export const isSameAffine = (one: Affine | null, other: Affine | null): boolean =>
  one === other ||
  (one !== null &&
    other !== null &&
    (['a', 'b', 'c', 'd', 'e', 'f'] as const).every(
      (key) => Math.abs(one[key] - other[key]) < 1e-6,
    ));
