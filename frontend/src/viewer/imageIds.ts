/** What the image loader knows of our frames, and frames fetched before they are needed. */
import { cache, Enums, imageLoader, type Types } from '@cornerstonejs/core';
import { wadors } from '@cornerstonejs/dicom-image-loader';
import type { Frame } from './frames';

type LoaderMetadata = Parameters<typeof wadors.metaDataManager.add>[1];

const registered = new Set<string>();

/** Tells the loader about frames; must come before any of them is loaded. */
export function registerFrames(frames: readonly Frame[]): void {
  for (const frame of frames) {
    if (registered.has(frame.imageId)) continue;
    registered.add(frame.imageId);
    wadors.metaDataManager.add(frame.imageId, { ...frame.attributes } as LoaderMetadata);
  }
}

export const isInMemory = ({ imageId }: Frame): boolean => cache.getImage(imageId) !== undefined;

/** Loads one frame ahead of anything that is only wanted later. Raises: the loader's error. */
export function loadNow(frame: Frame): Promise<Types.IImage> {
  registerFrames([frame]);
  return imageLoader.loadAndCacheImage(frame.imageId, {
    priority: -5,
    requestType: Enums.RequestType.Interaction,
  });
}

/** Fetches frames into memory quietly; a failure shows when the frame is really asked for. */
export async function prefetchFrames(frames: readonly Frame[]): Promise<void> {
  registerFrames(frames);
  for (const frame of frames) {
    await imageLoader
      .loadAndCacheImage(frame.imageId, {
        priority: 5,
        requestType: Enums.RequestType.Prefetch,
      })
      .catch(() => undefined);
  }
}
