/** The values of a series that is laid over others: which may be, and fetching them. */
import { cache } from '@cornerstonejs/core';
import { latticeOf } from '../geometry/lattice';
import type { Voxels } from '../geometry/resample';
import type { PatientPoint } from '../geometry/units';
import { t } from '../words/t';
import type { Ends } from './colourMaps';
import { CACHE_BYTES, renderingEngine } from './cornerstone';
import type { Frame } from './frames';
import { windowToRange } from './greyWindows';
import { loadNow, prefetchFrames } from './imageIds';
import { indexAt } from './linking';
import { modalityValues, windowOfImage } from './pixels';
import { whyNoVolume } from './volume';

/** Half of what is set aside for images: the rest is for the images below. */
const MOST_BYTES = CACHE_BYTES / 2;

/** Slices requested at once, beside those of the image below. */
const IN_FLIGHT = 3;

/** SUV at which the colours of PET end to begin with. */
const USUAL_SUV = 7;

/** Why a series cannot be laid over this image; null when it can. Never guesses where it lies. */
export function whyNoOverlay(image: Frame | undefined, frames: readonly Frame[]): string | null {
  const first = frames[0];
  if (!image?.isPlaced || image.frame_of_reference_uid === '')
    return t('The image on screen does not say where it lies.');
  if (first?.frame_of_reference_uid !== image.frame_of_reference_uid)
    return t('It lies in another frame of reference.');
  const reason = whyNoVolume(frames);
  if (reason) return reason;
  const bytes = first.size.rows * first.size.columns * frames.length * 2;
  return bytes > MOST_BYTES ? t('It does not fit into the memory set aside for images.') : null;
}

/** Values of segments and the like name something. */
export const isLabelMap = (frames: readonly Frame[]): boolean => frames[0]?.modality === 'SEG';

/** How values of the whole series are read; SUV only where one factor holds for all of it. */
export function measureOf(
  frames: readonly Frame[],
): Pick<Frame, 'suvFactor' | 'valueUnit'> | undefined {
  const first = frames[0];
  const isOne = frames.every(({ suvFactor }) => suvFactor === first?.suvFactor);
  return first && (isOne ? first : { valueUnit: first.valueUnit, suvFactor: null });
}

/** Where the colours end to begin with, in modality values. Raises: the loader's error. */
export async function usualEnds(frames: readonly Frame[]): Promise<Ends> {
  const middle = frames[Math.floor(frames.length / 2)] as Frame;
  const factor = measureOf(frames)?.suvFactor;
  if (factor) return { low: 0, high: USUAL_SUV / factor };
  await renderingEngine();
  const window = middle.windows[0] ?? windowOfImage(await loadNow(middle));
  const { lower, upper } = windowToRange(window);
  return middle.modality === 'PT'
    ? { low: Math.max(0, lower), high: upper }
    : { low: lower, high: upper };
}

export interface OverlayStack {
  readonly voxels: Voxels;
  /** Loads on from the slice nearest to a place. */
  lookAt(place: PatientPoint): void;
  progress(): { readonly loaded: number; readonly failed: number };
  /** Calls back when a slice has come; returns what stops it. */
  onProgress(tell: () => void): () => void;
  release(): void;
}

const shared = new Map<string, { stack: OverlayStack; users: number }>();

/** The values of a series, shared by all viewports it is laid over; null where it is no stack. */
export function openOverlay(frames: readonly Frame[]): OverlayStack | null {
  const key = frames[0]?.imageId ?? '';
  const known = shared.get(key);
  if (known) {
    known.users += 1;
    return known.stack;
  }
  const lattice = latticeOf(frames);
  if (!lattice) return null;
  const slices: (ArrayLike<number> | null)[] = frames.map(() => null);
  const voxels = { lattice, slices, isLabelMap: isLabelMap(frames) };
  const { lookAt, ...fetching } = fetchInto(slices, frames, () => shared.has(key));
  const release = () => {
    const entry = shared.get(key);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users === 0) shared.delete(key);
  };
  const stack = { voxels, lookAt, release, ...fetching };
  shared.set(key, { stack, users: 1 });
  return stack;
}

function fetchInto(
  slices: (ArrayLike<number> | null)[],
  frames: readonly Frame[],
  isWanted: () => boolean,
): Pick<OverlayStack, 'lookAt' | 'progress' | 'onProgress'> {
  const listeners = new Set<() => void>();
  const rest = new Set(frames.keys());
  const count = { loaded: 0, failed: 0 };
  let nearest = Math.floor(frames.length / 2);
  let flying = 0;
  const next = (): number | undefined => {
    let [best, away] = [undefined as number | undefined, Number.POSITIVE_INFINITY];
    for (const index of rest)
      if (Math.abs(index - nearest) < away) [best, away] = [index, Math.abs(index - nearest)];
    return best;
  };
  const take = async (index: number) => {
    const frame = frames[index] as Frame;
    await renderingEngine();
    await prefetchFrames([frame]);
    const image = cache.getImage(frame.imageId);
    if (image) slices[index] = modalityValues(image);
    count[image ? 'loaded' : 'failed'] += 1;
    for (const tell of listeners) tell();
  };
  const pump = () => {
    while (flying < IN_FLIGHT && isWanted()) {
      const index = next();
      if (index === undefined) return;
      rest.delete(index);
      flying += 1;
      void take(index).finally(() => {
        flying -= 1;
        pump();
      });
    }
  };
  return {
    lookAt(place) {
      nearest = indexAt(frames, place);
      pump();
    },
    progress: () => ({ ...count }),
    onProgress(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
}
