/** How big a mark is, in the words shown beside it. */
import { areaText, lengthText, sizeText } from '../geometry/measure';
import { boundingBox } from '../geometry/points';
import type { ImagePoint, PixelSpacing } from '../geometry/units';
import type { MarkKind } from './marks';

/** Sides of a box, length of a line, area of a polygon; empty while there is too little to measure. */
export function measureText(
  kind: MarkKind,
  points: readonly ImagePoint[],
  spacing: PixelSpacing | null,
): string {
  const [first, second] = points;
  if (!first || !second) return '';
  if (kind === 'length') return lengthText(first, second, spacing);
  if (kind === 'polygon') return points.length < 3 ? '' : areaText(points, spacing);
  const [min, max] = boundingBox(points);
  return sizeText(min, max, spacing);
}
