/** The image of a plane through a stack that outlines along edges snap to. */
import { cache } from '@cornerstonejs/core';
import { latticeOf } from '../geometry/lattice';
import { type ImagePlane, imageToPatient } from '../geometry/plane';
import { valuesOver } from '../geometry/resample';
import { imagePoint } from '../geometry/units';
import type { Frame } from './frames';
import { modalityValues } from './pixels';
import { FIELD } from './spaceMarks';
import { straightened } from './straight';
import { stepsOf } from './volume';
import type { SnapImage } from './wirePull';

/**
 * What `plane` (of 1 mm pixels, see `drawingPlane`) shows, sampled between the voxels at the
 * smallest of their edges. Null while a slice is not in memory: its border would be an edge.
 */
export function planeSnap(frames: readonly Frame[], plane: ImagePlane): SnapImage | null {
  const shown = straightened(frames);
  const lattice = latticeOf(shown);
  const slices = shown.flatMap(({ imageId }) => {
    const image = cache.getImage(imageId);
    return image ? [modalityValues(image)] : [];
  });
  if (!lattice || slices.length < shown.length) return null;
  const pitch = Math.min(...stepsOf(shown).map(Math.abs));
  const picture = {
    size: {
      columns: Math.ceil(FIELD.columns / pitch),
      rows: Math.ceil(FIELD.rows / pitch),
    },
    corner: imageToPatient(plane, imagePoint(0, 0)),
    right: imageToPatient(plane, imagePoint(pitch, 0)),
    down: imageToPatient(plane, imagePoint(0, pitch)),
  };
  const at = valuesOver({ lattice, slices, isLabelMap: false }, picture);
  return { image: { size: picture.size, at }, pitch };
}
