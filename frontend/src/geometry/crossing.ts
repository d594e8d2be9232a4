/** Where two images of one body cross: the reference line one draws on the other. */
import {
  cross,
  dot,
  type ImagePlane,
  imageToPatient,
  normalOf,
  patientToImage,
  type Vector,
} from './plane';
import { type ImagePoint, type ImageSize, imagePoint, patientPoint } from './units';

/** Planes closer to parallel than this (sine of the angle) cross nowhere a reader could use. */
const SMALLEST_SINE = 0.1;

/**
 * The line along which `other` cuts the image on `plane`, clipped to the extent of `other`'s own
 * image; null for parallel planes and where the images do not meet.
 */
export function crossingLine(
  plane: ImagePlane,
  other: ImagePlane,
  otherSize: ImageSize,
): [ImagePoint, ImagePoint] | null {
  const normal = normalOf(plane);
  const along = cross(normalOf(other), normal);
  if (dot(along, along) < SMALLEST_SINE ** 2) return null;
  const corners = [
    imagePoint(0, 0),
    imagePoint(otherSize.columns, 0),
    imagePoint(otherSize.columns, otherSize.rows),
    imagePoint(0, otherSize.rows),
  ].map((corner) => imageToPatient(other, corner));
  const height = (place: Vector): number =>
    dot(
      [place[0] - plane.origin[0], place[1] - plane.origin[1], place[2] - plane.origin[2]],
      normal,
    );
  const crossings = corners.flatMap((from, index) => {
    const to = corners[(index + 1) % 4] ?? from;
    const [above, below] = [height(from), height(to)];
    if (above * below > 0 || above === below) return [];
    const share = above / (above - below);
    const at = (axis: 0 | 1 | 2) => from[axis] + share * (to[axis] - from[axis]);
    return [patientToImage(plane, patientPoint(at(0), at(1), at(2)))];
  });
  const first = crossings[0];
  const last = crossings.find(
    (one) => first && Math.hypot(one[0] - first[0], one[1] - first[1]) > 1e-6,
  );
  return first && last ? [first, last] : null;
}
