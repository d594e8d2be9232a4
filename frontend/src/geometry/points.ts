/** Plain geometry of points, boxes and polygons in image coordinates. */
import { type ImagePoint, type ImageSize, imagePoint } from './units';

type Pair = readonly [number, number];

/** Distance in the unit of the points. */
export const distance = (a: Pair, b: Pair): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Distance from a point to the segment a-b. */
export function distanceToSegment(point: Pair, a: Pair, b: Pair): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const lengthSquared = dx * dx + dy * dy;
  if (lengthSquared === 0) return distance(point, a);
  const along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  return distance(point, [a[0] + t * dx, a[1] + t * dy]);
}

/** The segments of an open line, or of a closed ring (last point back to the first). */
export function segments<P extends Pair>(points: readonly P[], isClosed: boolean): [P, P][] {
  const found: [P, P][] = [];
  points.forEach((point, index) => {
    const next = points[index + 1] ?? (isClosed && points.length > 2 ? points[0] : undefined);
    if (next) found.push([point, next]);
  });
  return found;
}

/** Area of a closed ring in square units (shoelace), whichever way round it was drawn. */
export function polygonArea(ring: readonly Pair[]): number {
  const doubled = segments(ring, true).reduce(
    (sum, [a, b]) => sum + (a[0] * b[1] - b[0] * a[1]),
    0,
  );
  return Math.abs(doubled) / 2;
}

/** Smallest and largest corner of any points; a box dragged from any side comes out the same. */
export function boundingBox(points: readonly ImagePoint[]): [min: ImagePoint, max: ImagePoint] {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return [
    imagePoint(Math.min(...xs), Math.min(...ys)),
    imagePoint(Math.max(...xs), Math.max(...ys)),
  ];
}

/** The nearest point that lies on the image, its border included. */
export function clampToImage(point: ImagePoint, size: ImageSize): ImagePoint {
  const within = (value: number, most: number) => Math.min(most, Math.max(0, value));
  return imagePoint(within(point[0], size.columns), within(point[1], size.rows));
}

export function isOnImage(point: ImagePoint, size: ImageSize): boolean {
  return point[0] >= 0 && point[1] >= 0 && point[0] < size.columns && point[1] < size.rows;
}

/** The pixel under a point, counted from 0; the far border belongs to the last pixel. */
export function pixelAt(point: ImagePoint, size: ImageSize): { column: number; row: number } {
  const clamped = clampToImage(point, size);
  return {
    column: Math.min(size.columns - 1, Math.floor(clamped[0])),
    row: Math.min(size.rows - 1, Math.floor(clamped[1])),
  };
}

/** Points moved by (dx, dy), the movement cut short so that none of them leaves the image. */
export function translateWithin(
  points: readonly ImagePoint[],
  by: readonly [dx: number, dy: number],
  size: ImageSize,
): ImagePoint[] {
  const [min, max] = boundingBox(points);
  const dx = Math.min(size.columns - max[0], Math.max(-min[0], by[0]));
  const dy = Math.min(size.rows - max[1], Math.max(-min[1], by[1]));
  return points.map((point) => imagePoint(point[0] + dx, point[1] + dy));
}

/**
 * A line with fewer points that nowhere strays more than `tolerance` from the given one
 * (Douglas and Peucker 1973). The first and last point stay.
 */
export function simplify(points: readonly ImagePoint[], tolerance: number): ImagePoint[] {
  const first = points[0];
  const last = points[points.length - 1];
  if (points.length < 3 || !first || !last) return [...points];
  let farthest = 0;
  let farthestIndex = 0;
  points.slice(1, -1).forEach((point, index) => {
    const away = distanceToSegment(point, first, last);
    if (away > farthest) [farthest, farthestIndex] = [away, index + 1];
  });
  if (farthest <= tolerance) return [first, last];
  const head = simplify(points.slice(0, farthestIndex + 1), tolerance);
  const tail = simplify(points.slice(farthestIndex), tolerance);
  return [...head.slice(0, -1), ...tail];
}

/** A path with no more than so many nodes, so that they can be taken hold of. */
export function thinned(
  points: readonly ImagePoint[],
  tolerance: number,
  mostNodes: number,
): ImagePoint[] {
  let [within, nodes] = [tolerance, simplify(points, tolerance)];
  while (nodes.length > mostNodes) {
    within *= 1.4;
    nodes = simplify(points, within);
  }
  return nodes;
}
