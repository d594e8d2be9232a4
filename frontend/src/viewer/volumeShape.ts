/** What is known of a stack before it is opened as a volume: how it lies, and which values it has. */
import { type Shift, shiftOf } from '../geometry/cutThrough';
import type { Slice } from '../geometry/sweep';
import { numberOf } from './dicomJson';
import type { Frame } from './frames';

/** Slices may lie beside the place they should have by this share of a pixel. */
export const SHEAR_TOLERANCE = 0.5;

/** Whether slices are shifted against each other so far that they have to be straightened. */
export function isTilted(frames: readonly Slice[]): boolean {
  const [first, last] = [frames[0], frames[frames.length - 1]];
  return !!first && !!last && Math.hypot(...shiftOf(first.plane, last.plane)) > SHEAR_TOLERANCE;
}

/**
 * Pixels by which each slice of a stack lies beside the first: what stands still in the patient
 * moves by as many the other way. Empty where slices stand above each other.
 */
export function tiltOf(frames: readonly Slice[]): readonly Shift[] {
  const first = frames[0];
  return first && isTilted(frames) ? frames.map(({ plane }) => shiftOf(first.plane, plane)) : [];
}

/** The smallest type of texture that holds every value the frames may have, exactly. */
export function textureType(
  frames: readonly Frame[],
): 'Uint8Array' | 'Int16Array' | 'Uint16Array' | 'Float32Array' {
  let [low, high, isWhole] = [0, 0, true];
  for (const { attributes } of frames) {
    const bits = numberOf(attributes, '00280101') ?? 16;
    const isSigned = numberOf(attributes, '00280103') === 1;
    const slope = numberOf(attributes, '00281053') ?? 1;
    const intercept = numberOf(attributes, '00281052') ?? 0;
    isWhole &&= Number.isInteger(slope) && Number.isInteger(intercept);
    const ends = isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
    for (const end of ends) {
      low = Math.min(low, end * slope + intercept);
      high = Math.max(high, end * slope + intercept);
    }
  }
  if (!isWhole) return 'Float32Array';
  if (low >= 0 && high <= 255) return 'Uint8Array';
  if (low >= -32_768 && high <= 32_767) return 'Int16Array';
  return low >= 0 && high <= 65_535 ? 'Uint16Array' : 'Float32Array';
}
