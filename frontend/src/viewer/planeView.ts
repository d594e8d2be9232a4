/** A plane through a stack as what is written and read of an image: text, values, what it cuts. */
import { lettersOf } from '../geometry/orientation';
import { dot, normalOf, patientToImage } from '../geometry/plane';
import type { PlaneName, Planes } from '../geometry/planes';
import { isOnImage } from '../geometry/points';
import type { PatientPoint } from '../geometry/units';
import type { Frame } from './frames';
import { indexAt } from './linking';
import { valueOn } from './shownValues';
import type { View } from './stackEngine';
import { cachedImage } from './usePlaneEngine';
import type { Hover } from './Viewport';
import type { PlaneView } from './volumeEngine';
import { isTilted } from './volumeShape';

export const viewFor = ({ affine, window, isInverted }: PlaneView, index: number): View => ({
  index,
  affine,
  window,
  isInverted,
});

/** The plane as the corner text reads it: an image of 1 mm pixels. */
export function frameFor({ plane }: PlaneView, frames: readonly Frame[]): Frame {
  const first = frames[0] as Frame;
  return {
    ...first,
    plane,
    spacing: plane.spacing,
    spacingKind: 'patient',
    edge: { right: lettersOf(plane.rowDirection), down: lettersOf(plane.columnDirection) },
  };
}

/** True where the plane shows the slices themselves, so that nothing is made up between them. */
export function isAsAcquired(frames: readonly Frame[], planes: Planes, name: PlaneName): boolean {
  const first = frames[0];
  return (
    first !== undefined &&
    !isTilted(frames) &&
    Math.abs(dot(normalOf(first.plane), planes.axes[name].normal)) > 0.99999
  );
}

export function hoverAt(frames: readonly Frame[], place: PatientPoint): Hover | null {
  const frame = frames[indexAt(frames, place)];
  const image = cachedImage(frame);
  if (!frame || !image) return null;
  const point = patientToImage(frame.plane, place);
  return isOnImage(point, frame.size) ? { point, ...valueOn(frame, image, point) } : null;
}

/** Names what a plane cuts, wherever on screen that is. */
export const cutOf = ({ plane }: PlaneView): string =>
  [...plane.rowDirection, ...plane.columnDirection, dot(plane.origin, normalOf(plane))]
    .map((part) => part.toFixed(4))
    .join();
