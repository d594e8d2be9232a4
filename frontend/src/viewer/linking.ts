/** Which slice of another stack, and which window, goes with the one being looked at. */
import { dot, normalOf, positionAlongNormal } from '../geometry/plane';
import type { PatientPoint } from '../geometry/units';
import { type Frame, isOneStack } from './frames';

/** Normals within this cosine of each other count as parallel (about 18 degrees). */
const PARALLEL = 0.95;

/** What two stacks have in common, found once when they are linked. */
export type Registration =
  /** By place in the body; `offset_mm` is 0 within one frame of reference. */
  | { readonly by: 'place'; readonly offset_mm: number }
  /** By count, for images without a place. */
  | { readonly by: 'index'; readonly offset: number };

const alongNormalOf = (frame: Frame, normal: readonly [number, number, number]): number =>
  dot(frame.plane.origin, normal);

const isParallel = (one: Frame, other: Frame): boolean =>
  Math.abs(dot(normalOf(one.plane), normalOf(other.plane))) >= PARALLEL;

/**
 * How two stacks are registered when they are linked with these slices on screen; null where
 * scrolling one says nothing about the other (planes at an angle).
 */
export function register(
  source: { readonly frame: Frame; readonly index: number },
  target: { readonly frame: Frame; readonly index: number },
): Registration | null {
  const [one, other] = [source.frame, target.frame];
  if (!one.isPlaced || !other.isPlaced) return { by: 'index', offset: target.index - source.index };
  if (!isParallel(one, other)) return null;
  const isOneSpace =
    one.frame_of_reference_uid !== '' &&
    one.frame_of_reference_uid === other.frame_of_reference_uid;
  const normal = normalOf(one.plane);
  return {
    by: 'place',
    offset_mm: isOneSpace ? 0 : alongNormalOf(other, normal) - positionAlongNormal(one.plane),
  };
}

/** The index in `targets` that shows what the source shows; the nearest one there is. */
export function linkedIndex(
  source: { readonly frame: Frame; readonly index: number },
  targets: readonly Frame[],
  registration: Registration,
): number {
  if (registration.by === 'index')
    return Math.min(targets.length - 1, Math.max(0, source.index + registration.offset));
  const normal = normalOf(source.frame.plane);
  const wanted = positionAlongNormal(source.frame.plane) + registration.offset_mm;
  return nearestIndex(targets, (frame) => Math.abs(alongNormalOf(frame, normal) - wanted));
}

/** The slice that passes nearest to a place in the patient. */
export function indexAt(frames: readonly Frame[], place: PatientPoint): number {
  return nearestIndex(frames, ({ plane }) =>
    Math.abs(dot(place, normalOf(plane)) - positionAlongNormal(plane)),
  );
}

function nearestIndex(frames: readonly Frame[], distanceOf: (frame: Frame) => number): number {
  let [best, nearest] = [0, Number.POSITIVE_INFINITY];
  frames.forEach((frame, index) => {
    const away = distanceOf(frame);
    if (away < nearest) [best, nearest] = [index, away];
  });
  return best;
}

/** A window means the same on both: same kind of values in the same unit. */
export const sharesWindows = (one: Frame, other: Frame): boolean =>
  !one.isColour &&
  !other.isColour &&
  one.modality === other.modality &&
  one.valueUnit === other.valueUnit &&
  one.suvFactor === other.suvFactor;

/** Zoom and place can be carried over: both images know millimetres and lie in one space. */
export const sharesSpace = (one: Frame, other: Frame): boolean =>
  one.isPlaced &&
  other.isPlaced &&
  one.frame_of_reference_uid !== '' &&
  one.frame_of_reference_uid === other.frame_of_reference_uid &&
  isParallel(one, other);

/** Fewer slices tell too little to compare. */
const FEWEST_SLICES = 8;

/** Whether content can say anything: the same kind of images, cut alike, each in a space of its own. */
export function mayAlign(one: readonly Frame[], other: readonly Frame[]): boolean {
  const [first, second] = [one[0], other[0]];
  if (!first || !second || first.isColour || second.isColour) return false;
  return (
    Math.min(one.length, other.length) >= FEWEST_SLICES &&
    first.modality === second.modality &&
    first.valueUnit === second.valueUnit &&
    first.frame_of_reference_uid !== second.frame_of_reference_uid &&
    isParallel(first, second) &&
    isOneStack(one) &&
    isOneStack(other)
  );
}

/** The same offset from the other stack's side, along its own normal. */
export const turnedOffset = (offset_mm: number, one: Frame, other: Frame): number =>
  dot(normalOf(one.plane), normalOf(other.plane)) < 0 ? offset_mm : -offset_mm;
