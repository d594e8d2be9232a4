/** Marks as Collimate keeps them, and the pure edits a hand can make to one. */
import {
  boundingBox,
  clampToImage,
  distance,
  distanceToSegment,
  polygonArea,
  segments,
  translateWithin,
} from '../geometry/points';
import { type ImagePoint, type ImageSize, imagePoint } from '../geometry/units';

export type MarkKind = 'box' | 'polygon' | 'length';

/**
 * One mark on one frame, in image coordinates. A box has two points (min, max), a length two,
 * a polygon at least three (closed, the first point not repeated).
 */
export interface Mark {
  readonly id: string;
  readonly kind: MarkKind;
  readonly label_key: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly points: readonly ImagePoint[];
}

/** What a label looks like on screen. */
export interface MarkStyle {
  readonly colour: string;
  readonly name: string;
}

/** Part of a mark under the pointer: one of its handles, or its outline. */
export type Hit =
  | { readonly id: string; readonly part: 'handle'; readonly handleIndex: number }
  | { readonly id: string; readonly part: 'outline' };

/** Below this many pixels in either direction a box or a line is a slip of the hand. */
const SMALLEST_EXTENT = 1;

/** Corners of a box clockwise from (min x, min y). */
export function boxCorners(points: readonly ImagePoint[]): ImagePoint[] {
  const [min, max] = boundingBox(points);
  return [min, imagePoint(max[0], min[1]), max, imagePoint(min[0], max[1])];
}

/** The outline as drawn: four corners of a box, else the points themselves. */
export const outlineOf = (mark: Pick<Mark, 'kind' | 'points'>): readonly ImagePoint[] =>
  mark.kind === 'box' ? boxCorners(mark.points) : mark.points;

/** The points a hand can take hold of, in the order `moveHandle` counts them. */
export const handlesOf = outlineOf;

export const isClosed = (kind: MarkKind): boolean => kind !== 'length';

/** Points in the form marks are kept in: box corners sorted, everything inside the image. */
export function tidyPoints(
  kind: MarkKind,
  points: readonly ImagePoint[],
  size: ImageSize,
): ImagePoint[] {
  const inside = points.map((point) => clampToImage(point, size));
  return kind === 'box' ? boundingBox(inside) : inside;
}

/** Whether the points make a mark worth keeping. */
export function isDrawable(kind: MarkKind, points: readonly ImagePoint[]): boolean {
  const [first, second] = points;
  if (!first || !second) return false;
  if (kind === 'length') return distance(first, second) >= SMALLEST_EXTENT;
  if (kind === 'polygon') return points.length >= 3 && polygonArea(points) >= SMALLEST_EXTENT;
  const [min, max] = boundingBox(points);
  return max[0] - min[0] >= SMALLEST_EXTENT && max[1] - min[1] >= SMALLEST_EXTENT;
}

/** The points after handle `handleIndex` went to `to`; a box keeps the opposite corner. */
export function moveHandle(
  mark: Pick<Mark, 'kind' | 'points'>,
  handleIndex: number,
  to: ImagePoint,
): ImagePoint[] {
  if (mark.kind !== 'box')
    return mark.points.map((point, index) => (index === handleIndex ? to : point));
  const opposite = boxCorners(mark.points)[(handleIndex + 2) % 4];
  return opposite ? [opposite, to] : [...mark.points];
}

export const moveMark = (
  mark: Pick<Mark, 'points'>,
  from: ImagePoint,
  to: ImagePoint,
  size: ImageSize,
): ImagePoint[] => translateWithin(mark.points, [to[0] - from[0], to[1] - from[1]], size);

function handleUnder(mark: Mark, point: ImagePoint, reach: number): Hit | null {
  const near = handlesOf(mark)
    .map((handle, handleIndex) => ({ handleIndex, away: distance(handle, point) }))
    .filter(({ away }) => away <= reach)
    .sort((one, other) => one.away - other.away)[0];
  return near ? { id: mark.id, part: 'handle', handleIndex: near.handleIndex } : null;
}

function isOutlineUnder(mark: Mark, point: ImagePoint, reach: number): boolean {
  return segments(outlineOf(mark), isClosed(mark.kind)).some(
    ([a, b]) => distanceToSegment(point, a, b) <= reach,
  );
}

/**
 * What lies under a point within `reach` image pixels: a handle of the selected mark first, then
 * any outline, the last drawn on top.
 */
export function hitAt(
  marks: readonly Mark[],
  point: ImagePoint,
  reach: number,
  selectedId: string | null,
): Hit | null {
  const selected = marks.find((mark) => mark.id === selectedId);
  const handle = selected && handleUnder(selected, point, reach);
  if (handle) return handle;
  const touched = marks.filter((mark) => isOutlineUnder(mark, point, reach));
  const top = touched.find((mark) => mark.id === selectedId) ?? touched[touched.length - 1];
  if (!top) return null;
  return handleUnder(top, point, reach) ?? { id: top.id, part: 'outline' };
}
