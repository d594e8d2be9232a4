/** Where marks and slices lie on the bar under the image, along the stack or along a plane. */

import { isAlongSlices } from '../../geometry/cutThrough';
import { imageToPatient, type Vector } from '../../geometry/plane';
import { imagePoint, type PatientPoint } from '../../geometry/units';
import { belongsTo, type Frame } from '../../viewer/frames';
import type { Mark } from '../../viewer/marks';
import { scrollAt } from '../../viewer/volumeExtent';

/** The bar of what is on screen: how far it goes, and where things are on it. */
export interface SliceTicks {
  /** The place of the last slice, counted from 0. */
  readonly last: number;
  /** The places of marks, each once. */
  readonly marked: readonly number[];
  /** The place of a slice as acquired; null where the plane runs through all of them. */
  readonly ofSlice: (index: number) => number | null;
}

const once = (places: readonly number[]): number[] => [...new Set(places)].sort((a, b) => a - b);

/** `normal` is that of the plane on screen; null where the slices themselves are. */
export function sliceTicks(
  frames: readonly Frame[],
  marks: readonly Mark[],
  normal: Vector | null,
): SliceTicks {
  const first = frames[0];
  if (!normal || !first)
    return {
      last: frames.length - 1,
      marked: once(
        frames.flatMap((frame, at) => (marks.some((m) => belongsTo(frame, m)) ? at : [])),
      ),
      ofSlice: (index) => index,
    };
  const along = (place: PatientPoint) => scrollAt(frames, normal, place).index;
  const isAsAcquired = isAlongSlices(first.plane, normal);
  return {
    last: scrollAt(frames, normal, first.plane.origin).count - 1,
    marked: once(
      marks.flatMap((mark) => {
        const place = placeOf(mark, frames);
        return place ? along(place) : [];
      }),
    ),
    ofSlice(index) {
      const frame = frames[index];
      return frame && isAsAcquired ? along(middleOf(frame)) : null;
    },
  };
}

const middleOf = ({ plane, size }: Frame): PatientPoint =>
  imageToPatient(plane, imagePoint(size.columns / 2, size.rows / 2));

/** Where a mark begins; null for one on images that are not of this series. */
function placeOf(mark: Mark, frames: readonly Frame[]): PatientPoint | null {
  const frame = frames.find((one) => belongsTo(one, mark));
  if (!frame) return null;
  const start = mark.points[0];
  return mark.inSpace?.places[0] ?? (start ? imageToPatient(frame.plane, start) : null);
}
