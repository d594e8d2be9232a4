/** The geometry report of a series in words. */

import { t } from '../words/t';
import { formatNumber } from './format';

export interface GeometryNumbers {
  readonly image_count: number;
  readonly place_count: number;
  readonly images_per_place: number;
  readonly plane: string | null;
  readonly slice_spacing_mm: number | null;
  readonly tilt_degrees: number;
  readonly is_volume: boolean;
}

export interface GeometryFinding {
  readonly code: string;
  readonly count: number;
  readonly at_mm: readonly number[];
  readonly text: string;
}

/** "19 axial slices", by plane; the last one where a series lies in none. */
const SLICES: Record<string, (count: number) => string> = {
  axial: (count) => t('{count, plural, one {# axial slice} other {# axial slices}}', { count }),
  coronal: (count) =>
    t('{count, plural, one {# coronal slice} other {# coronal slices}}', { count }),
  sagittal: (count) =>
    t('{count, plural, one {# sagittal slice} other {# sagittal slices}}', { count }),
  oblique: (count) =>
    t('{count, plural, one {# oblique slice} other {# oblique slices}}', { count }),
};
const slices = (count: number) => t('{count, plural, one {# slice} other {# slices}}', { count });

/** What the series is, as numbers with units. */
export function summaryOf(geometry: GeometryNumbers): string {
  const { place_count, slice_spacing_mm: spacing, plane, images_per_place } = geometry;
  if (place_count < 2) {
    const count = geometry.image_count;
    return t('{count, plural, one {A single image} other {# images}}', { count });
  }
  const parts = [((plane && SLICES[plane]) || slices)(place_count)];
  if (spacing !== null) parts.push(t('{spacing} mm apart', { spacing: formatNumber(spacing, 2) }));
  if (images_per_place > 1) parts.push(t('{count} images at each', { count: images_per_place }));
  return `${parts.join(', ')}${geometry.is_volume ? `; ${t('a volume')}` : ''}`;
}

type Words = readonly [what: string, consequence: string];

/** What was found, and what follows from it, by the code of the finding. */
const FOUND: Record<string, (count: number, tilt: number) => Words> = {
  gantry_tilt: (_, tilt) => [
    t('The slices are tilted by {tilt}°', { tilt: formatNumber(tilt, 1) }),
    t('Reformatted views are sheared unless they correct for it.'),
  ],
  missing_slices: (count) => [
    t('{count, plural, one {# slice is missing} other {# slices are missing}}', { count }),
    t('Volumes and lengths across the gap come out wrong.'),
  ],
  duplicate_slices: (count) => [
    t(
      '{count, plural, one {# place was imaged} other {# places were imaged}} more often than the others',
      { count },
    ),
    t('A slice may be there twice.'),
  ],
  uneven_spacing: (count) => [
    t(
      '{count, plural, one {# step between slices differs} other {# steps between slices differ}} from the others',
      { count },
    ),
    t('Volumes and lengths through the slices come out wrong.'),
  ],
  mixed_orientation: (count) => [
    t('The images lie in {count, plural, one {# direction} other {# directions}}', { count }),
    t('They are no single volume; each image measures by itself.'),
  ],
  mixed_spacing: (count) => [
    t(
      '{count, plural, one {# image has} other {# images have}} another pixel spacing than the first',
      { count },
    ),
    t('Lengths taken from image to image cannot be compared.'),
  ],
  mixed_size: (count) => [
    t('The images have {count, plural, one {# size} other {# sizes}}', { count }),
    t('They are no single volume.'),
  ],
  missing_position: (count) => [
    t(
      '{count, plural, one {# image does not say where it lies} other {# images do not say where they lie}} in the patient',
      { count },
    ),
    t('The order of slices is a guess, and nothing can be measured through them.'),
  ],
  missing_spacing: (count) => [
    t(
      '{count, plural, one {# image does not say how large its pixels are} other {# images do not say how large their pixels are}}',
      { count },
    ),
    t('Lengths are in pixels.'),
  ],
  lossy: (count) => [
    t(
      '{count, plural, one {# image was compressed with loss} other {# images were compressed with loss}}',
      { count },
    ),
    t('Fine texture may be gone or added.'),
  ],
};

const SHOWN_PLACES = 3;

/** One finding as sentences: what, where, and what follows. */
export function findingWords(
  { code, count, at_mm, text }: GeometryFinding,
  tilt_degrees: number,
): string {
  const found = FOUND[code]?.(count, tilt_degrees);
  if (!found) return text;
  const [what, consequence] = found;
  if (at_mm.length === 0) return `${what}. ${consequence}`;
  const places = at_mm.slice(0, SHOWN_PLACES).join(', ');
  const where =
    count > SHOWN_PLACES
      ? t('{what}, at {places} and more mm from the first slice', { what, places })
      : t('{what}, at {places} mm from the first slice', { what, places });
  return `${where}. ${consequence}`;
}
