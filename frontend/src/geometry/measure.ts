/** Lengths in the patient, and lengths that are round. */
import { distance } from './points';
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

/** The longest round length (1, 2 or 5 times a power of ten) that takes at most `most` units. */
export function roundLengthUpTo(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  const steps = most / power;
  return (steps >= 5 ? 5 : steps >= 2 ? 2 : 1) * power;
}
