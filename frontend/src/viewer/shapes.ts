/** The kinds of marks: how many points each keeps, how it is drawn, and what line it makes. */
import {
  diameters,
  ellipseRing,
  footOn,
  minus,
  shifted,
  splineRing,
  squareTo,
  uprightEllipse,
} from '../geometry/curves';
import { boundingBox } from '../geometry/points';
import { type ImagePoint, imagePoint, millimetres, type PixelSpacing } from '../geometry/units';
import { t } from '../words/t';

/** In the order tools and lists show them. */
export const MARK_KINDS = [
  'point',
  'length',
  'bidirectional',
  'angle',
  'cobb',
  'box',
  'circle',
  'ellipse',
  'polygon',
  'freehand',
  'spline',
  'polyline',
] as const;

export type MarkKind = (typeof MARK_KINDS)[number];

/** How a hand makes it: so many places one after another, or a line of any length. */
type Drawn =
  | { readonly by: 'places'; readonly count: number }
  | { readonly by: 'line'; readonly canClick: boolean; readonly canTrace: boolean };

export interface Shape {
  readonly name: string;
  /** Points that are kept: exactly so many, or at least. */
  readonly points: number;
  readonly isExact: boolean;
  /** Encloses an area, whose pixels have statistics. */
  readonly isClosed: boolean;
  readonly drawn: Drawn;
  /** Nodes may be put in and taken out. */
  readonly hasNodes: boolean;
}

const places = (name: string, points: number, count: number, isClosed = false): Shape => ({
  name,
  points,
  isExact: true,
  isClosed,
  drawn: { by: 'places', count },
  hasNodes: false,
});

const line = (
  name: string,
  points: number,
  isClosed: boolean,
  canClick: boolean,
  canTrace: boolean,
): Shape => ({
  name,
  points,
  isExact: false,
  isClosed,
  drawn: { by: 'line', canClick, canTrace },
  hasNodes: canClick,
});

/**
 * Points as they are kept. Box: smallest and largest corner. Circle and ellipse: the ends of two
 * diameters square to each other in the patient, the longer first. Bidirectional: ends of the
 * long axis, then of the short one. Angle: arm, vertex, arm. Cobb: ends of two lines.
 */
export const SHAPES: Readonly<Record<MarkKind, Shape>> = {
  point: places(t('point'), 1, 1),
  length: places(t('length'), 2, 2),
  bidirectional: places(t('bidirectional'), 4, 3),
  angle: places(t('angle'), 3, 3),
  cobb: places(t('Cobb angle'), 4, 4),
  box: places(t('box'), 2, 2, true),
  circle: places(t('circle'), 4, 2, true),
  ellipse: places(t('ellipse'), 4, 2, true),
  polygon: line(t('outline'), 3, true, true, true),
  freehand: line(t('freehand'), 3, true, false, true),
  spline: line(t('spline'), 3, true, true, false),
  polyline: line(t('line'), 2, false, true, true),
};

export const isMarkKind = (text: string): text is MarkKind => text in SHAPES;

/** Pixels of equal shape, where nothing better is known. */
export const SQUARE: PixelSpacing = { row: millimetres(1), column: millimetres(1) };

/** Corners of a box clockwise from (min x, min y). */
export function boxCorners(points: readonly ImagePoint[]): ImagePoint[] {
  const [min, max] = boundingBox(points);
  return [min, imagePoint(max[0], min[1]), max, imagePoint(min[0], max[1])];
}

/** One stroke of a mark as it is drawn. */
export interface Stroke {
  readonly points: readonly ImagePoint[];
  readonly isClosed: boolean;
}

/** The strokes a mark is drawn with; a closed mark has one, which is its ring. */
export function strokesOf(kind: MarkKind, points: readonly ImagePoint[]): Stroke[] {
  const { isClosed } = SHAPES[kind];
  switch (kind) {
    case 'box':
      return [{ points: points.length < 2 ? points : boxCorners(points), isClosed }];
    case 'circle':
    case 'ellipse':
      return [{ points: ellipseRing(points), isClosed: points.length === 4 }];
    case 'spline':
      return [{ points: splineRing(points), isClosed: points.length > 2 }];
    case 'bidirectional':
    case 'cobb':
      return [points.slice(0, 2), points.slice(2, 4)]
        .filter((stroke) => stroke.length > 0)
        .map((stroke) => ({ points: stroke, isClosed: false }));
    default:
      return [{ points, isClosed }];
  }
}

/** The ring of a closed mark. */
export const ringOf = (kind: MarkKind, points: readonly ImagePoint[]): readonly ImagePoint[] =>
  strokesOf(kind, points)[0]?.points ?? [];

/** The points kept for the places a hand has pointed at so far. */
export function pointsFrom(
  kind: MarkKind,
  placed: readonly ImagePoint[],
  grid: PixelSpacing,
): ImagePoint[] {
  const [first, second, third] = placed;
  if (!first || !second) return [...placed];
  if (kind === 'circle') {
    const radius = minus(second, first);
    return diameters(first, radius, squareTo(radius, grid), grid);
  }
  if (kind === 'ellipse') return uprightEllipse(first, second, grid);
  if (kind === 'bidirectional' && third) {
    const { foot, away } = footOn(third, first, second, grid);
    return [first, second, shifted(foot, away, -1), shifted(foot, away)];
  }
  return [...placed];
}
