/** How big a mark is and what lies in it, in the words shown beside it. */
import { angleBetween, minus } from '../geometry/curves';
import { boundingBox, polygonArea } from '../geometry/points';
import type { ImagePoint, PixelSpacing } from '../geometry/units';
import { formatNumber } from '../ui/format';
import { t } from '../words/t';
import { type MarkKind, ringOf, SHAPES, SQUARE } from './shapes';
import { areaText, extentText, lengthText } from './sizeText';
import type { Statistics } from './statistics';

const degrees = (value: number): string => `${formatNumber(value, 1)}°`;

/** Empty while there is too little to measure. `grid` is the pixel shape, known or not. */
export function measureText(
  kind: MarkKind,
  points: readonly ImagePoint[],
  spacing: PixelSpacing | null,
  grid: PixelSpacing = spacing ?? SQUARE,
): string {
  const [a, b, c, d] = points;
  if (!a || !b) return '';
  switch (kind) {
    case 'point':
      return '';
    case 'length':
      return lengthText([a, b], spacing);
    case 'polyline':
      return lengthText(points, spacing);
    case 'angle':
      return c ? degrees(angleBetween(minus(a, b), minus(c, b), grid)) : '';
    case 'cobb':
      return c && d ? degrees(cobbAngle(a, b, c, d, grid)) : '';
    case 'bidirectional':
      return c && d
        ? `${lengthText([a, b], spacing)} × ${lengthText([c, d], spacing)}`
        : lengthText([a, b], spacing);
    case 'box': {
      const [min, max] = boundingBox(points);
      return extentText(min, max, spacing);
    }
    default:
      if (points.length < SHAPES[kind].points) return '';
      return areaText(polygonArea(ringOf(kind, points)), spacing);
  }
}

/** The smaller angle between two lines, whichever way round each was drawn (Cobb 1948). */
function cobbAngle(
  a: ImagePoint,
  b: ImagePoint,
  c: ImagePoint,
  d: ImagePoint,
  grid: PixelSpacing,
): number {
  const angle = angleBetween(minus(b, a), minus(d, c), grid);
  return Math.min(angle, 180 - angle);
}

const number = (value: number): string => {
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  return formatNumber(value, digits);
};

/** Mean, spread and extremes with the unit of the values. */
export function statisticsText(found: Statistics, unit: string): string {
  const suffix = unit ? ` ${unit}` : '';
  const { mean, deviation, min, max } = found;
  return t('mean {mean} SD {deviation} · min {min} max {max}{suffix}', {
    mean: number(mean),
    deviation: number(deviation),
    min: number(min),
    max: number(max),
    suffix,
  });
}
