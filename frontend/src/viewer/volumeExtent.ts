/** The places a plane can be scrolled to within a volume, counted as slices. */
import { dot, imageToPatient, type Vector } from '../geometry/plane';
import { movedAlong } from '../geometry/planes';
import { imagePoint, type PatientPoint } from '../geometry/units';
import type { Frame } from './frames';
import { stepAlong } from './volume';

export interface Scroll {
  readonly index: number;
  readonly count: number;
}

interface Range {
  readonly from_mm: number;
  readonly step_mm: number;
  readonly count: number;
}

function rangeAlong(frames: readonly Frame[], normal: Vector): Range {
  const ends = [frames[0], frames[frames.length - 1]].filter((frame): frame is Frame => !!frame);
  const heights = ends.flatMap(({ plane, size }) =>
    [
      imagePoint(0.5, 0.5),
      imagePoint(size.columns - 0.5, 0.5),
      imagePoint(0.5, size.rows - 0.5),
      imagePoint(size.columns - 0.5, size.rows - 0.5),
    ].map((corner) => dot(imageToPatient(plane, corner), normal)),
  );
  const step_mm = stepAlong(frames, normal);
  const from_mm = Math.min(...heights);
  return { from_mm, step_mm, count: Math.round((Math.max(...heights) - from_mm) / step_mm) + 1 };
}

export function scrollAt(frames: readonly Frame[], normal: Vector, centre: PatientPoint): Scroll {
  const { from_mm, step_mm, count } = rangeAlong(frames, normal);
  const index = Math.round((dot(centre, normal) - from_mm) / step_mm);
  return { index: Math.min(count - 1, Math.max(0, index)), count };
}

/** The centre moved along the normal to the slice with this index. */
export function placeAt(
  frames: readonly Frame[],
  normal: Vector,
  centre: PatientPoint,
  index: number,
): PatientPoint {
  const { from_mm, step_mm, count } = rangeAlong(frames, normal);
  const wanted = from_mm + Math.min(count - 1, Math.max(0, index)) * step_mm;
  return movedAlong(centre, normal, wanted - dot(centre, normal));
}
