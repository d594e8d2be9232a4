/** Marks as Collimate keeps them, and what of one lies under the hand. */
import { between, lengthOf, minus } from '../geometry/curves';
import type { Vector } from '../geometry/plane';
import {
  boundingBox,
  clampToImage,
  distance,
  distanceToSegment,
  polygonArea,
  segments,
} from '../geometry/points';
import type { ImagePoint, ImageSize, PatientPoint } from '../geometry/units';
import { boxCorners, type MarkKind, ringOf, SHAPES, SQUARE, strokesOf } from './shapes';

export type { MarkKind } from './shapes';

/** Where a mark lies that was drawn on a plane through a series (LPS, mm). */
export interface InSpace {
  readonly frame_of_reference_uid: string;
  /** Of the plane it was drawn on: along its rows, down its columns. */
  readonly row_direction: Vector;
  readonly column_direction: Vector;
  readonly places: readonly PatientPoint[];
}

/**
 * One mark on one frame, in image coordinates; `SHAPES` says what its points are. A mark in space
 * has places instead of points; its frame is the one nearest to the first of them.
 */
export interface Mark {
  readonly id: string;
  readonly kind: MarkKind;
  readonly label_key: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly points: readonly ImagePoint[];
  /** The suggestion it was taken from; corrections still name it. */
  readonly suggestion_id?: string;
  readonly inSpace?: InSpace;
}

type Drawn = Pick<Mark, 'kind' | 'points'>;

/** What a label looks like on screen. */
export interface MarkStyle {
  readonly colour: string;
  readonly name: string;
}

/** Part of a mark under the pointer: a handle, the middle between two nodes, or its outline. */
export type Hit =
  | { readonly id: string; readonly part: 'handle'; readonly handleIndex: number }
  | { readonly id: string; readonly part: 'middle'; readonly handleIndex: number }
  | { readonly id: string; readonly part: 'outline' };

/** Below this many pixels in either direction a box or a line is a slip of the hand. */
const SMALLEST_EXTENT = 1;

/** With more nodes than this the handles would hide the outline. */
export const MOST_HANDLES = 80;

/** The points a hand can take hold of, in the order `moveHandle` counts them. */
export function handlesOf({ kind, points }: Drawn): readonly ImagePoint[] {
  if (kind === 'box') return boxCorners(points);
  return kind === 'freehand' || points.length > MOST_HANDLES ? [] : points;
}

/** Middles between nodes, where another node can be drawn out. */
export function middlesOf({ kind, points }: Drawn): readonly ImagePoint[] {
  const { hasNodes, isClosed } = SHAPES[kind];
  if (!hasNodes || points.length > MOST_HANDLES / 2) return [];
  return segments(points, isClosed).map(([a, b]) => between(a, b));
}

/** Points in the form marks are kept in: box corners sorted, everything inside the image. */
export function tidyPoints(
  kind: MarkKind,
  points: readonly ImagePoint[],
  size: ImageSize,
): ImagePoint[] {
  if (kind === 'circle' || kind === 'ellipse') return shrunkInto(points, size);
  const inside = points.map((point) => clampToImage(point, size));
  return kind === 'box' ? boundingBox(inside) : inside;
}

/** Diameters made shorter about their middle until all ends lie in the image. */
function shrunkInto(points: readonly ImagePoint[], size: ImageSize): ImagePoint[] {
  const [a, b] = points;
  if (!a || !b) return [...points];
  const centre = clampToImage(between(a, b), size);
  const room = points.map((point) => {
    const [dx, dy] = minus(point, between(a, b));
    const x = dx === 0 ? 1 : ((dx > 0 ? size.columns : 0) - centre[0]) / dx;
    const y = dy === 0 ? 1 : ((dy > 0 ? size.rows : 0) - centre[1]) / dy;
    return Math.min(x, y);
  });
  const share = Math.min(1, ...room);
  return points.map((point) => {
    const [dx, dy] = minus(point, between(a, b));
    return clampToImage([centre[0] + share * dx, centre[1] + share * dy] as never, size);
  });
}

/** Whether the points make a mark worth keeping. */
export function isDrawable(kind: MarkKind, points: readonly ImagePoint[]): boolean {
  const shape = SHAPES[kind];
  if (shape.isExact ? points.length !== shape.points : points.length < shape.points) return false;
  if (kind === 'box') {
    const [min, max] = boundingBox(points);
    return max[0] - min[0] >= SMALLEST_EXTENT && max[1] - min[1] >= SMALLEST_EXTENT;
  }
  if (shape.isClosed) return polygonArea(ringOf(kind, points)) >= SMALLEST_EXTENT;
  return kind === 'point' || strokesOf(kind, points).every(isLongEnough);
}

const isLongEnough = ({ points }: { readonly points: readonly ImagePoint[] }): boolean =>
  segments(points, false).every(([a, b]) => lengthOf(minus(a, b), SQUARE) >= SMALLEST_EXTENT);

function nearestOf(points: readonly ImagePoint[], point: ImagePoint, reach: number): number {
  const near = points
    .map((one, index) => ({ index, away: distance(one, point) }))
    .filter(({ away }) => away <= reach)
    .sort((one, other) => one.away - other.away)[0];
  return near?.index ?? -1;
}

function handleUnder(mark: Mark, point: ImagePoint, reach: number): Hit | null {
  const handleIndex = nearestOf(handlesOf(mark), point, reach);
  return handleIndex < 0 ? null : { id: mark.id, part: 'handle', handleIndex };
}

function middleUnder(mark: Mark, point: ImagePoint, reach: number): Hit | null {
  const handleIndex = nearestOf(middlesOf(mark), point, reach);
  return handleIndex < 0 ? null : { id: mark.id, part: 'middle', handleIndex };
}

function isOutlineUnder({ kind, points }: Mark, point: ImagePoint, reach: number): boolean {
  if (kind === 'point') return nearestOf(points, point, reach) >= 0;
  return strokesOf(kind, points).some((stroke) =>
    segments(stroke.points, stroke.isClosed).some(
      ([a, b]) => distanceToSegment(point, a, b) <= reach,
    ),
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
  const held =
    selected && (handleUnder(selected, point, reach) ?? middleUnder(selected, point, reach));
  if (held) return held;
  const touched = marks.filter((mark) => isOutlineUnder(mark, point, reach));
  const top = touched.find((mark) => mark.id === selectedId) ?? touched[touched.length - 1];
  if (!top) return null;
  return handleUnder(top, point, reach) ?? { id: top.id, part: 'outline' };
}
