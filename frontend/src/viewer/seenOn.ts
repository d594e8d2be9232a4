/** Slices as marks in space see them. */
import type { Frame } from './frames';
import { stepsOf } from './volume';

/** A slice as marks in space see it: they lie on it when no other slice is nearer. */
export const seenOn = (frame: Frame, frames: readonly Frame[]) => ({
  plane: frame.plane,
  frame_of_reference_uid: frame.isPlaced ? frame.frame_of_reference_uid : 'none',
  within_mm: stepsOf(frames)[2] / 2,
});
