/** Starts Cornerstone once: WebGL where the machine has it, the processor otherwise. */
import {
  cache,
  imageLoader,
  init as initCore,
  RenderingEngine,
  setUseCPURendering,
} from '@cornerstonejs/core';
import { init as initLoader, wadors } from '@cornerstonejs/dicom-image-loader';
import type { DicomObject } from './dicomJson';
import { type LoadOptions, loadExactly } from './exactValues';
import { isLarge } from './largeFrames';
import { loadLarge } from './loadLarge';
import { loadPlain } from './loadPlain';
import { plainKindOf } from './plainValues';
import { isStraight, loadStraight } from './straight';

export const ENGINE_ID = 'collimate';

/** Decoded images kept in memory; the oldest go first. */
export const CACHE_BYTES = 1024 * 1024 * 1024;

/**
 * All viewports draw one after the other, each into its own canvas, so one context is enough. The
 * seven that Cornerstone makes cost time before the first image and memory all the while.
 */
const GRAPHICS_CONTEXTS = 1;

/** `?backend=cpu` in the address draws on the processor (slow graphics, remote desktops). */
const wantsProcessor = (): boolean =>
  new URLSearchParams(window.location.search).get('backend') === 'cpu';

/** Whether modality values are asked for, in whatever type holds them. */
const wantsValues = (options?: LoadOptions): boolean =>
  options?.preScale?.enabled !== false && !options?.targetBuffer?.type;

function loadFrame(imageId: string, options?: LoadOptions) {
  if (isStraight(imageId)) return loadStraight(imageId, options);
  const image = wadors.metaDataManager.get(imageId) as unknown as DicomObject | undefined;
  if (image && isLarge(image)) return loadLarge(imageId, options);
  const kind = image && wantsValues(options) ? plainKindOf(image) : null;
  return image && kind ? loadPlain(imageId, image, kind, options) : loadExactly(imageId, options);
}

let started: Promise<RenderingEngine> | undefined;

async function start(): Promise<RenderingEngine> {
  initCore({ rendering: { webGlContextCount: GRAPHICS_CONTEXTS }, debug: {} });
  if (wantsProcessor()) setUseCPURendering(true);
  initLoader({ maxWebWorkers: Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)) });
  imageLoader.registerImageLoader('wadors', loadFrame);
  cache.setMaxCacheSize(CACHE_BYTES);
  return new RenderingEngine(ENGINE_ID);
}

/** The one rendering engine of the page. Raises: whatever the graphics layer refuses with. */
export function renderingEngine(): Promise<RenderingEngine> {
  started ??= start();
  return started;
}
