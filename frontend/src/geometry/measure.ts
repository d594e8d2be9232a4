/** Lengths and areas as a reader reads them: millimetres where spacing is known, else pixels. */
import { distance, polygonArea, segments } from './points';
import {
  type ImagePoint,
  imagePoint,
  type Millimetres,
  millimetres,
  type PixelSpacing,
} from './units';

const toMillimetreGrid = (point: ImagePoint, spacing: PixelSpacing): ImagePoint =>
  imagePoint(point[0] * spacing.column, point[1] * spacing.row);

/** Distance between two image points in the patient. */
export const lengthInMillimetres = (
  a: ImagePoint,
  b: ImagePoint,
  spacing: PixelSpacing,
): Millimetres => millimetres(distance(toMillimetreGrid(a, spacing), toMillimetreGrid(b, spacing)));

/** Area of a closed ring in mm². */
export const areaInSquareMillimetres = (
  ring: readonly ImagePoint[],
  spacing: PixelSpacing,
): number => polygonArea(ring) * spacing.row * spacing.column;

const rounded = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

export const lengthText = (a: ImagePoint, b: ImagePoint, spacing: PixelSpacing | null): string =>
  spacing ? `${rounded(lengthInMillimetres(a, b, spacing))} mm` : `${rounded(distance(a, b))} px`;

/** Length of a line of several pieces. */
export function pathText(points: readonly ImagePoint[], spacing: PixelSpacing | null): string {
  const pieces = segments(points, false);
  const total = (length: (a: ImagePoint, b: ImagePoint) => number) =>
    pieces.reduce((sum, [a, b]) => sum + length(a, b), 0);
  return spacing
    ? `${rounded(total((a, b) => lengthInMillimetres(a, b, spacing)))} mm`
    : `${rounded(total(distance))} px`;
}

export function sizeText(min: ImagePoint, max: ImagePoint, spacing: PixelSpacing | null): string {
  const [width, height] = [max[0] - min[0], max[1] - min[1]];
  return spacing
    ? `${rounded(width * spacing.column)} × ${rounded(height * spacing.row)} mm`
    : `${rounded(width)} × ${rounded(height)} px`;
}

export function areaText(ring: readonly ImagePoint[], spacing: PixelSpacing | null): string {
  if (!spacing) return `${rounded(polygonArea(ring))} px²`;
  const area = areaInSquareMillimetres(ring, spacing);
  return area >= 1000 ? `${rounded(area / 100)} cm²` : `${rounded(area)} mm²`;
}

/** The longest round length (1, 2 or 5 times a power of ten) that takes at most `most` units. */
export function roundLengthUpTo(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  const steps = most / power;
  return (steps >= 5 ? 5 : steps >= 2 ? 2 : 1) * power;
}
