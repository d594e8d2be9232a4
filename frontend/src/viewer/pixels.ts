/** Values of decoded images in modality units. */
import type { Types } from '@cornerstonejs/core';
import { type GreyImage, greyImage } from '../geometry/edges';
import { pixelAt } from '../geometry/points';
import type { ImagePoint } from '../geometry/units';
import type { GreyWindow } from './frameFacts';
import { windowFromValues } from './greyWindows';
import { type Statistics, statisticsIn } from './statistics';

const scaleOf = (image: Types.IImage): { slope: number; intercept: number } =>
  image.preScale?.scaled
    ? { slope: 1, intercept: 0 }
    : { slope: image.slope || 1, intercept: image.intercept || 0 };

/** All values of a grey image; a view on the decoded pixels where no scaling is needed. */
export function modalityValues(image: Types.IImage): ArrayLike<number> {
  const stored = image.voxelManager?.getScalarData() ?? image.getPixelData();
  const { slope, intercept } = scaleOf(image);
  if (slope === 1 && intercept === 0) return stored;
  return Float32Array.from(stored, (value) => value * slope + intercept);
}

const ownWindows = new WeakMap<Types.IImage, GreyWindow>();

/** The window the values of a grey image ask for; looked for once for each image. */
export function windowOfImage(image: Types.IImage): GreyWindow {
  const known = ownWindows.get(image);
  if (known) return known;
  const stored = image.voxelManager?.getScalarData() ?? image.getPixelData();
  const made = windowFromValues(stored, scaleOf(image));
  ownWindows.set(image, made);
  return made;
}

/** Statistics of what lies inside a ring; null for colour, and where no pixel lies inside. */
export function statisticsOf(image: Types.IImage, ring: readonly ImagePoint[]): Statistics | null {
  if (image.color || ring.length < 3) return null;
  const values = image.voxelManager?.getScalarData() ?? image.getPixelData();
  return statisticsIn(ring, {
    rows: image.rows,
    columns: image.columns,
    values,
    ...scaleOf(image),
  });
}

/** One value for grey images, red, green and blue for colour ones. */
export function valueAt(image: Types.IImage, point: ImagePoint): number[] {
  const { column, row } = pixelAt(point, image);
  const stored = image.voxelManager?.getScalarData() ?? image.getPixelData();
  const components = Math.round(stored.length / (image.columns * image.rows));
  const first = (row * image.columns + column) * components;
  const values = Array.from(stored.slice(first, first + Math.min(3, components)));
  const { slope, intercept } = scaleOf(image);
  return components > 1 ? values : values.map((value) => value * slope + intercept);
}

/** One number per pixel to tell edges by: stored values, of colour images red, green and blue added. */
export function greyOfImage(image: Types.IImage): GreyImage {
  const size = { columns: image.columns, rows: image.rows };
  const stored = image.voxelManager?.getScalarData() ?? image.getPixelData();
  const components = Math.round(stored.length / (size.columns * size.rows));
  if (components < 3) return greyImage(size, stored);
  const values = Float32Array.from({ length: size.columns * size.rows }, (_, at) => {
    const first = at * components;
    return (stored[first] ?? 0) + (stored[first + 1] ?? 0) + (stored[first + 2] ?? 0);
  });
  return greyImage(size, values);
}
