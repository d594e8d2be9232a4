/** The pure edits a hand can make to a mark. */
import {
  between,
  diameters,
  footOn,
  lengthOf,
  minus,
  ofLength,
  shifted,
  squareTo,
} from '../geometry/curves';
import { translateWithin } from '../geometry/points';
import type { ImagePoint, ImageSize, PixelSpacing } from '../geometry/units';
import type { Mark } from './marks';
import { boxCorners, SHAPES, SQUARE } from './shapes';

type Drawn = Pick<Mark, 'kind' | 'points'>;

const replaced = (points: readonly ImagePoint[], at: number, to: ImagePoint): ImagePoint[] =>
  points.map((point, index) => (index === at ? to : point));

/** The points after handle `handleIndex` went to `to`; what must stay square stays square. */
export function moveHandle(
  mark: Drawn,
  handleIndex: number,
  to: ImagePoint,
  grid: PixelSpacing = SQUARE,
): ImagePoint[] {
  const { kind, points } = mark;
  if (kind === 'box') {
    const opposite = boxCorners(points)[(handleIndex + 2) % 4];
    return opposite ? [opposite, to] : [...points];
  }
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return replaced(points, handleIndex, to);
  if (kind === 'circle') {
    const radius = minus(to, between(a, b));
    return diameters(between(a, b), radius, squareTo(radius, grid), grid);
  }
  if (kind === 'ellipse') {
    const centre = between(a, b);
    const half = minus(to, centre);
    const other = handleIndex < 2 ? minus(d, centre) : minus(b, centre);
    return diameters(
      centre,
      half,
      ofLength(squareTo(half, grid), lengthOf(other, grid), grid),
      grid,
    );
  }
  if (kind === 'bidirectional') return moveAxes([a, b, c, d], handleIndex, to, grid);
  return replaced(points, handleIndex, to);
}

/** Long axis: the short one keeps its place along it and its two lengths. Short axis: only that end. */
function moveAxes(
  [a, b, c, d]: readonly [ImagePoint, ImagePoint, ImagePoint, ImagePoint],
  handleIndex: number,
  to: ImagePoint,
  grid: PixelSpacing,
): ImagePoint[] {
  const { foot, share } = footOn(between(c, d), a, b, grid);
  if (handleIndex < 2) {
    const [from, end] = handleIndex === 0 ? [to, b] : [a, to];
    const along = minus(end, from);
    const side = squareTo(along, grid);
    // The short axis lies on whichever side it lay before.
    const before = squareTo(minus(b, a), grid);
    const sign = dotOf(before, minus(d, foot), grid) >= 0 ? 1 : -1;
    const base = shifted(from, along, share);
    const reach = (point: ImagePoint) => lengthOf(minus(point, foot), grid);
    return [
      from,
      end,
      shifted(base, ofLength(side, reach(c), grid), -sign),
      shifted(base, ofLength(side, reach(d), grid), sign),
    ];
  }
  const next = footOn(to, a, b, grid);
  const moved = shifted(next.foot, next.away);
  const slid = minus(next.foot, foot);
  return handleIndex === 2 ? [a, b, moved, shifted(d, slid)] : [a, b, shifted(c, slid), moved];
}

const dotOf = (
  one: readonly [number, number],
  other: readonly [number, number],
  grid: PixelSpacing,
): number => one[0] * other[0] * grid.column ** 2 + one[1] * other[1] * grid.row ** 2;

export const moveMark = (
  mark: Pick<Mark, 'points'>,
  from: ImagePoint,
  to: ImagePoint,
  size: ImageSize,
): ImagePoint[] => translateWithin(mark.points, [to[0] - from[0], to[1] - from[1]], size);

/** A node put in after the one with this index. */
export const withNode = (mark: Mark, afterIndex: number, at: ImagePoint): Mark => ({
  ...mark,
  points: [...mark.points.slice(0, afterIndex + 1), at, ...mark.points.slice(afterIndex + 1)],
});

/** The points without a node; null where too few would be left, or nodes cannot be taken out. */
export function withoutNode({ kind, points }: Drawn, index: number): ImagePoint[] | null {
  const { hasNodes, points: least } = SHAPES[kind];
  return hasNodes && points.length > least ? points.filter((_, at) => at !== index) : null;
}
