/** Loads images whose rescale slope or intercept is not whole, which the loader would cut down. */
import { metaData, type Types, utilities } from '@cornerstonejs/core';
import { createImage, wadors } from '@cornerstonejs/dicom-image-loader';

export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

type Loading = NonNullable<Parameters<typeof wadors.loadImage>[1]>;
export type LoadOptions = Loading & { readonly requestType?: string };

/**
 * The loader (5.14) keeps values as whole numbers where their extremes happen to be whole, and so
 * small that stored values no longer fit: 0 to 60,000 with a slope of 0.001 become bytes. Such
 * images are decoded as stored and rescaled here, in single precision.
 */
export function loadExactly(imageId: string, options?: LoadOptions) {
  const rescale = fractionalRescale(imageId);
  const loading = wadors.loadImage(imageId, rescale ? asStored(options) : options);
  const made = (image: Types.IImage) => drawable(rescale ? rescaled(image, rescale) : image);
  return { ...loading, promise: loading.promise.then(made) };
}

/** The same of bytes that are here already. */
export async function decodeExactly(
  imageId: string,
  bytes: Uint8Array,
  syntax: string,
  options?: LoadOptions,
): Promise<Types.IImage> {
  const rescale = fractionalRescale(imageId);
  const made = createImage(imageId, bytes, syntax, rescale ? asStored(options) : { ...options });
  const image = (await made) as unknown as Types.IImage;
  return drawable(rescale ? rescaled(image, rescale) : image);
}

const asStored = (options?: LoadOptions): LoadOptions =>
  ({
    ...options,
    preScale: { enabled: false },
    targetBuffer: { type: 'Float32Array' },
  }) as LoadOptions;

function fractionalRescale(imageId: string): Rescale | null {
  const found = metaData.get('modalityLutModule', imageId);
  const [slope, intercept] = [found?.rescaleSlope ?? 1, found?.rescaleIntercept ?? 0].map(Number);
  if (slope === undefined || intercept === undefined || slope === 0) return null;
  if (!Number.isFinite(slope) || !Number.isFinite(intercept)) return null;
  return Number.isInteger(slope) && Number.isInteger(intercept) ? null : { slope, intercept };
}

/**
 * An image of one value asks for a window of 1. Drawn with that once, black and white of its stack
 * fall together and may come apart again the wrong way round.
 */
export function drawable(image: Types.IImage): Types.IImage {
  const [width] = [image.windowWidth].flat();
  if (width !== undefined && width <= 1) image.windowWidth = 2;
  return image;
}

/** The image with its values in modality units, as the loader marks images it rescaled itself. */
export function rescaled(image: Types.IImage, { slope, intercept }: Rescale): Types.IImage {
  if (image.color) return image;
  const values = image.voxelManager?.getScalarData() ?? image.getPixelData();
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < values.length; at += 1) {
    const value = Math.fround((values[at] ?? 0) * slope + intercept);
    values[at] = value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const { modality } = metaData.get('generalSeriesModule', image.imageId) ?? {};
  image.preScale = {
    enabled: true,
    scaled: true,
    scalingParameters: { rescaleSlope: slope, rescaleIntercept: intercept, modality },
  };
  [image.minPixelValue, image.maxPixelValue] = [least, most];
  if (!metaData.get('voiLutModule', image.imageId)?.windowCenter?.length)
    Object.assign(image, utilities.windowLevel.toWindowLevel(least, most));
  return image;
}
