/** Where an image lies in the patient, and the half pixel between our coordinates and others'. */
import {
  type ImagePoint,
  imagePoint,
  type PatientPoint,
  type PixelSpacing,
  patientPoint,
} from './units';

export type Vector = readonly [number, number, number];

/**
 * The plane of one image (PS3.3 C.7.6.2.1.1): `origin` is the patient position of the CENTRE of
 * the first pixel, `rowDirection` points along a row, `columnDirection` down a column.
 */
export interface ImagePlane {
  readonly origin: PatientPoint;
  readonly rowDirection: Vector;
  readonly columnDirection: Vector;
  readonly spacing: PixelSpacing;
}

/** Index coordinates count pixel centres: the centre of the first pixel is (0, 0). */
export type IndexPoint = readonly [i: number, j: number];

const HALF_PIXEL = 0.5;

export const imageToIndex = (point: ImagePoint): IndexPoint => [
  point[0] - HALF_PIXEL,
  point[1] - HALF_PIXEL,
];

export const indexToImage = (index: IndexPoint): ImagePoint =>
  imagePoint(index[0] + HALF_PIXEL, index[1] + HALF_PIXEL);

export function indexToPatient(plane: ImagePlane, index: IndexPoint): PatientPoint {
  const along = index[0] * plane.spacing.column;
  const down = index[1] * plane.spacing.row;
  const at = (axis: 0 | 1 | 2) =>
    plane.origin[axis] + plane.rowDirection[axis] * along + plane.columnDirection[axis] * down;
  return patientPoint(at(0), at(1), at(2));
}

/** The image index nearest to a place in the patient (projected onto the plane). */
export function patientToIndex(plane: ImagePlane, place: PatientPoint): IndexPoint {
  const away: Vector = [
    place[0] - plane.origin[0],
    place[1] - plane.origin[1],
    place[2] - plane.origin[2],
  ];
  return [
    dot(away, plane.rowDirection) / plane.spacing.column,
    dot(away, plane.columnDirection) / plane.spacing.row,
  ];
}

export const imageToPatient = (plane: ImagePlane, point: ImagePoint): PatientPoint =>
  indexToPatient(plane, imageToIndex(point));

export const patientToImage = (plane: ImagePlane, place: PatientPoint): ImagePoint =>
  indexToImage(patientToIndex(plane, place));

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export const normalOf = (plane: Pick<ImagePlane, 'rowDirection' | 'columnDirection'>): Vector =>
  cross(plane.rowDirection, plane.columnDirection);

/** Position along the plane's normal in mm: sorts the slices of a stack. */
export const positionAlongNormal = (plane: ImagePlane): number =>
  dot(plane.origin, normalOf(plane));
