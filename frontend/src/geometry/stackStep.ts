/** How a stack goes on from slice to slice. */
import type { Vector } from './plane';
import type { Slice } from './sweep';

/** From the middle of one slice to the middle of the next, however they are shifted. */
export function stackStep(slices: readonly Slice[]): Vector {
  const [first, last] = [slices[0]?.plane.origin, slices[slices.length - 1]?.plane.origin];
  if (!first || !last || slices.length < 2) return [0, 0, 1];
  const gaps = slices.length - 1;
  return [(last[0] - first[0]) / gaps, (last[1] - first[1]) / gaps, (last[2] - first[2]) / gaps];
}
