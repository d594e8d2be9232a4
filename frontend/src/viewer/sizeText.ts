/** Lengths, areas and volumes in words: of the patient where a spacing may measure, else in pixels. */
import { lengthInMillimetres } from '../geometry/measure';
import { distance, segments } from '../geometry/points';
import type { ImagePoint, PixelSpacing } from '../geometry/units';
import { formatNumber } from '../ui/format';
import type { Frame } from './frames';

/**
 * The spacing to measure with: only one that holds in the patient. A detector's spacing enlarges
 * whatever lies away from the detector, so that it measures nothing.
 */
export const measuringSpacing = (
  frame: Pick<Frame, 'spacing' | 'spacingKind'> | undefined,
): PixelSpacing | null => (frame?.spacingKind === 'patient' ? frame.spacing : null);

const rounded = (value: number): string => formatNumber(value, value < 100 ? 1 : 0);

/** A line of one piece or several. */
export function lengthText(points: readonly ImagePoint[], spacing: PixelSpacing | null): string {
  const length = segments(points, false).reduce(
    (sum, [a, b]) => sum + (spacing ? lengthInMillimetres(a, b, spacing) : distance(a, b)),
    0,
  );
  return `${rounded(length)} ${spacing ? 'mm' : 'px'}`;
}

/** Width and height of what reaches from one corner to the other. */
export function extentText(min: ImagePoint, max: ImagePoint, spacing: PixelSpacing | null): string {
  const width = (max[0] - min[0]) * (spacing?.column ?? 1);
  const height = (max[1] - min[1]) * (spacing?.row ?? 1);
  return `${rounded(width)} × ${rounded(height)} ${spacing ? 'mm' : 'px'}`;
}

/** An area that is known in pixels. */
export function areaText(pixels: number, spacing: PixelSpacing | null): string {
  if (!spacing) return `${formatNumber(pixels, 0)} px²`;
  const area = pixels * spacing.column * spacing.row;
  return area >= 1000 ? `${rounded(area / 100)} cm²` : `${rounded(area)} mm²`;
}

export const volumeText = (volume_mm3: number): string =>
  volume_mm3 >= 1000 ? `${rounded(volume_mm3 / 1000)} cm³` : `${formatNumber(volume_mm3, 0)} mm³`;
