/** A stack as a volume: whether it is one, and loading it from where one looks outwards. */
import { cache, type Types, volumeLoader } from '@cornerstonejs/core';
import { shiftOf } from '../geometry/cutThrough';
import { cross, dot, normalOf, positionAlongNormal, type Vector } from '../geometry/plane';
import { type PatientPoint, patientPoint } from '../geometry/units';
import { t } from '../words/t';
import { CACHE_BYTES } from './cornerstone';
import type { Frame } from './frames';
import { prefetchFrames, registerFrames } from './imageIds';
import { indexAt } from './linking';
import { SHEAR_TOLERANCE, textureType } from './volumeShape';

/** Neighbouring gaps may differ by this share before the slices stop being a volume. */
const GAP_TOLERANCE = 0.05;

/** Share of a gap by which a slice may lie off its place in an even stack. */
const DRIFT_TOLERANCE = 0.25;

const FEWEST_SLICES = 4;

/** Slices requested at once: more than a browser fetches, so that none of its connections waits. */
const IN_FLIGHT = 10;

/**
 * Why these frames cannot be cut in other planes; null when they can. Refuses rather than guesses:
 * an uneven gap would put every structure in the wrong place.
 */
export function whyNoVolume(frames: readonly Frame[]): string | null {
  const [first, second] = frames;
  if (!first || !second || frames.length < FEWEST_SLICES) return t('There are too few slices.');
  if (frames.some(({ isColour }) => isColour))
    return t('Colour images are not cut in other planes.');
  if (!frames.every(({ isPlaced }) => isPlaced)) return t('The images do not say where they lie.');
  const normal = normalOf(first.plane);
  const isAlike = (frame: Frame) =>
    frame.size.rows === first.size.rows &&
    frame.size.columns === first.size.columns &&
    Math.abs(frame.plane.spacing.row - first.plane.spacing.row) < 1e-4 &&
    Math.abs(frame.plane.spacing.column - first.plane.spacing.column) < 1e-4 &&
    dot(frame.plane.rowDirection, first.plane.rowDirection) > 0.9999 &&
    dot(frame.plane.columnDirection, first.plane.columnDirection) > 0.9999;
  if (!frames.every(isAlike)) return t('The slices differ in size or direction.');
  const heights = frames.map(({ plane }) => dot(plane.origin, normal));
  const gap = (heights[1] ?? 0) - (heights[0] ?? 0);
  const mean = ((heights[heights.length - 1] ?? 0) - (heights[0] ?? 0)) / (heights.length - 1);
  // Small differences add up: a slice must also lie where an even stack would have it.
  const isEven = heights.every(
    (height, index) =>
      index === 0 ||
      (Math.abs(height - (heights[index - 1] ?? 0) - gap) < Math.abs(gap) * GAP_TOLERANCE &&
        Math.abs(height - (heights[0] ?? 0) - index * mean) < Math.abs(gap) * DRIFT_TOLERANCE),
  );
  if (!isEven || Math.abs(gap) < 1e-3) return t('Slices are missing or unevenly spaced.');
  return isEvenlyShifted(frames)
    ? null
    : t('The slices are shifted against each other, and not evenly.');
}

/** A gantry that was tilted shifts each slice by as much as the last one. */
function isEvenlyShifted(frames: readonly Frame[]): boolean {
  const [first, last] = [frames[0], frames[frames.length - 1]];
  if (!first || !last) return false;
  const [across, down] = shiftOf(first.plane, last.plane);
  return frames.every(({ plane }, index) => {
    const share = index / (frames.length - 1);
    const [x, y] = shiftOf(first.plane, plane);
    return Math.hypot(x - across * share, y - down * share) < SHEAR_TOLERANCE;
  });
}

/** The middle of one slice. */
export function centreOf(frames: readonly Frame[], index: number): PatientPoint {
  const frame = frames[index] as Frame;
  const { origin, rowDirection, columnDirection, spacing } = frame.plane;
  const across = (spacing.column * (frame.size.columns - 1)) / 2;
  const down = (spacing.row * (frame.size.rows - 1)) / 2;
  const at = (axis: 0 | 1 | 2) =>
    origin[axis] + rowDirection[axis] * across + columnDirection[axis] * down;
  return patientPoint(at(0), at(1), at(2));
}

/** Distances between neighbouring samples along row, column and stack, in millimetres. */
export function stepsOf(frames: readonly Frame[]): readonly [number, number, number] {
  const [first, second] = frames;
  if (!first || !second) return [1, 1, 1];
  const gap = dot(second.plane.origin, normalOf(first.plane)) - positionAlongNormal(first.plane);
  return [first.plane.spacing.column, first.plane.spacing.row, Math.abs(gap)];
}

/** How far apart samples lie along a direction: what one notch of the wheel moves. */
export function stepAlong(frames: readonly Frame[], direction: Vector): number {
  const first = frames[0];
  if (!first) return 1;
  const { rowDirection, columnDirection } = first.plane;
  const [x, y, z] = stepsOf(frames);
  const share = (axis: Vector) => Math.abs(dot(direction, axis));
  const stack = share(cross(rowDirection, columnDirection));
  return Math.max(0.1, x * share(rowDirection) + y * share(columnDirection) + z * stack);
}

export interface LoadedVolume {
  readonly volumeId: string;
  readonly frames: readonly Frame[];
  /** Loads on from the slice nearest to a place; what is under way goes on. */
  lookAt(place: PatientPoint): void;
  /** Slices in memory, and those that could not be had. */
  progress(): { readonly loaded: number; readonly failed: number };
  /** Calls back whenever more has arrived; returns what stops it. */
  onProgress(tell: () => void): () => void;
  release(): void;
}

/** The volume would not fit into the memory set aside for images. */
export class VolumeTooLarge extends Error {}

type StreamingVolume = Types.IImageVolume & {
  dataType: string;
  autoRenderOnLoad: boolean;
  vtkOpenGLTexture: { setUpdatedFrame(index: number): void };
};

const shared = new Map<string, { volume: Promise<LoadedVolume>; users: number }>();

/** The volume of these frames, shared by all viewports that cut it. Raises: VolumeTooLarge. */
export function openVolume(frames: readonly Frame[]): Promise<LoadedVolume> {
  const volumeId = `cornerstoneStreamingImageVolume:${frames[0]?.imageId ?? ''}`;
  const known = shared.get(volumeId);
  if (known) {
    known.users += 1;
    return known.volume;
  }
  const volume = makeVolume(volumeId, frames);
  shared.set(volumeId, { volume, users: 1 });
  volume.catch(() => shared.delete(volumeId));
  return volume;
}

async function makeVolume(volumeId: string, frames: readonly Frame[]): Promise<LoadedVolume> {
  const first = frames[0] as Frame;
  const bytes = first.size.rows * first.size.columns * frames.length * 2;
  if (bytes > CACHE_BYTES) throw new VolumeTooLarge();
  registerFrames(frames);
  const imageIds = frames.map(({ imageId }) => imageId);
  const made = (await volumeLoader.createAndCacheVolume(volumeId, {
    imageIds,
  })) as unknown as StreamingVolume;
  made.dataType = textureType(frames);
  // The texture is made by this one, and filled by that one.
  made.imageData?.set({ dataType: made.dataType }, true);
  made.autoRenderOnLoad = false;
  return loadOutwards(volumeId, frames, made);
}

function loadOutwards(
  volumeId: string,
  frames: readonly Frame[],
  volume: StreamingVolume,
): LoadedVolume {
  const listeners = new Set<() => void>();
  const rest = new Set(frames);
  const sliceOf = new Map(volume.imageIds.map((imageId, index) => [imageId, index]));
  const count = { loaded: 0, failed: 0 };
  let nearest = Math.floor(frames.length / 2);
  let flying = 0;

  const next = (): Frame | undefined => {
    let [best, away] = [undefined as Frame | undefined, Number.POSITIVE_INFINITY];
    frames.forEach((frame, index) => {
      const distance = Math.abs(index - nearest);
      if (distance < away && rest.has(frame)) [best, away] = [frame, distance];
    });
    return best;
  };
  const arrived = (frame: Frame) => {
    flying -= 1;
    const isHere = cache.getImage(frame.imageId) !== undefined;
    count[isHere ? 'loaded' : 'failed'] += 1;
    if (isHere) volume.vtkOpenGLTexture.setUpdatedFrame(sliceOf.get(frame.imageId) ?? 0);
    for (const tell of listeners) tell();
    pump();
  };
  const pump = () => {
    while (flying < IN_FLIGHT && shared.has(volumeId)) {
      const frame = next();
      if (!frame) return;
      rest.delete(frame);
      flying += 1;
      void prefetchFrames([frame]).finally(() => arrived(frame));
    }
  };
  pump();
  return {
    volumeId,
    frames,
    lookAt(place) {
      nearest = indexAt(frames, place);
      pump();
    },
    progress: () => ({ ...count }),
    onProgress(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    release() {
      const entry = shared.get(volumeId);
      if (!entry) return;
      entry.users -= 1;
      if (entry.users > 0) return;
      shared.delete(volumeId);
      cache.removeVolumeLoadObject(volumeId);
    },
  };
}
