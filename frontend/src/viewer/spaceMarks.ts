/** Marks drawn on planes through a series: places in the patient, seen on any plane near them. */
import type { Affine } from '../geometry/affine';
import {
  dot,
  type ImagePlane,
  imageToPatient,
  normalOf,
  patientToImage,
  type Vector,
} from '../geometry/plane';
import { boundingBox } from '../geometry/points';
import { heightOver } from '../geometry/sweep';
import {
  type ImagePoint,
  type ImageSize,
  imagePoint,
  millimetres,
  type PatientPoint,
  patientPoint,
} from '../geometry/units';
import type { InSpace, Mark } from './marks';
import { boxCorners, strokesOf } from './shapes';

/** Normals within this cosine of each other belong to the same pile of planes. */
const PARALLEL = 0.9999;

/** The part of a plane that can be drawn on, in pixels of 1 mm: larger than any patient. */
export const FIELD: ImageSize = { columns: 4000, rows: 4000 };

/**
 * A plane as an image of 1 mm pixels whose coordinates stay what they are while the view moves:
 * `anchor`, as seen on the plane, is its middle.
 */
export function drawingPlane(plane: ImagePlane, anchor: PatientPoint): ImagePlane {
  const height = heightOver(plane, anchor);
  const normal = normalOf(plane);
  const at = (axis: 0 | 1 | 2): number =>
    anchor[axis] -
    height * normal[axis] -
    (plane.rowDirection[axis] * FIELD.columns) / 2 -
    (plane.columnDirection[axis] * FIELD.rows) / 2;
  const spacing = { row: millimetres(1), column: millimetres(1) };
  return { ...plane, spacing, origin: patientPoint(at(0), at(1), at(2)) };
}

/** The map to the canvas for `to`, given the one for `from`; both lie alike and have 1 mm pixels. */
export function affineOn(affine: Affine, from: ImagePlane, to: ImagePlane): Affine {
  const { a, b, c, d, e, f } = affine;
  const [x, y] = patientToImage(from, imageToPatient(to, imagePoint(0, 0)));
  return { a, b, c, d, e: e + a * x + c * y, f: f + b * x + d * y };
}

export const placesOn = (plane: ImagePlane, points: readonly ImagePoint[]): PatientPoint[] =>
  points.map((point) => imageToPatient(plane, point));

/** The mark as points of 1 mm on its own plane, to be measured. */
export function flatPoints({ places, row_direction, column_direction }: InSpace): ImagePoint[] {
  const origin = places[0] ?? patientPoint(0, 0, 0);
  const along = (place: PatientPoint, direction: Vector): number =>
    dot([place[0] - origin[0], place[1] - origin[1], place[2] - origin[2]], direction);
  return places.map((place) =>
    imagePoint(along(place, row_direction), along(place, column_direction)),
  );
}

/** Where points of 1 mm on a mark's own plane lie in the patient: the way back from `flatPoints`. */
function placesOf(
  { places, row_direction, column_direction }: InSpace,
  points: readonly ImagePoint[],
): PatientPoint[] {
  const origin = places[0] ?? patientPoint(0, 0, 0);
  return points.map(([x, y]) => {
    const at = (axis: 0 | 1 | 2) =>
      origin[axis] + x * row_direction[axis] + y * column_direction[axis];
    return patientPoint(at(0), at(1), at(2));
  });
}

const normalOfMark = ({ row_direction, column_direction }: InSpace): Vector =>
  normalOf({ rowDirection: row_direction, columnDirection: column_direction });

interface Seen {
  readonly plane: ImagePlane;
  readonly frame_of_reference_uid: string;
  /** How far from the plane something still is on it. */
  readonly within_mm: number;
}

/** Marks that lie on the plane, as marks on its image. */
export function marksOn(marks: readonly Mark[], seen: Seen): Mark[] {
  const normal = normalOf(seen.plane);
  return marks.flatMap((mark) => {
    const { inSpace } = mark;
    if (!inSpace || inSpace.frame_of_reference_uid !== seen.frame_of_reference_uid) return [];
    const isAlike =
      mark.kind === 'point' || Math.abs(dot(normalOfMark(inSpace), normal)) > PARALLEL;
    const isNear = inSpace.places.every(
      (place) => Math.abs(heightOver(seen.plane, place)) <= seen.within_mm,
    );
    if (!isAlike || !isNear) return [];
    const points = inSpace.places.map((place) => patientToImage(seen.plane, place));
    return [mark.kind === 'box' ? boxOn(mark, inSpace, points, seen.plane) : { ...mark, points }];
  });
}

/** A box lies along the directions of its own plane: turned against another, it is an outline. */
function boxOn(
  mark: Mark,
  inSpace: InSpace,
  points: readonly ImagePoint[],
  plane: ImagePlane,
): Mark {
  const axes = [plane.rowDirection, plane.columnDirection];
  const along = axes.map((axis) => dot(axis, inSpace.row_direction));
  if (along.some((share) => Math.abs(share) > PARALLEL))
    return { ...mark, points: boundingBox(points) };
  const corners = placesOf(inSpace, boxCorners(flatPoints(inSpace)));
  return { ...mark, kind: 'polygon', points: corners.map((place) => patientToImage(plane, place)) };
}

export interface Crossing {
  readonly id: string;
  readonly label_key: string;
  readonly at: ImagePoint;
}

/** Where the lines of marks that lie elsewhere cut the plane. */
export function crossingsOf(marks: readonly Mark[], seen: Seen): Crossing[] {
  const shown = new Set(marksOn(marks, seen).map(({ id }) => id));
  return marks.flatMap(({ id, kind, label_key, inSpace }) => {
    const isElsewhere = inSpace && !shown.has(id);
    if (!isElsewhere || inSpace.frame_of_reference_uid !== seen.frame_of_reference_uid) return [];
    return strokesOf(kind, flatPoints(inSpace)).flatMap(({ points, isClosed }) => {
      const line = placesOf(inSpace, points);
      const first = line[0];
      if (isClosed && first) line.push(first);
      return cutsOf(line, seen.plane).map((at) => ({ id, label_key, at }));
    });
  });
}

/** Where a line from place to place goes through the plane. */
function cutsOf(line: readonly PatientPoint[], plane: ImagePlane): ImagePoint[] {
  return line.slice(1).flatMap((to, index) => {
    const from = line[index] ?? to;
    const [above, below] = [heightOver(plane, from), heightOver(plane, to)];
    if (above * below > 0 || above === below) return [];
    const share = above / (above - below);
    const part = (axis: 0 | 1 | 2) => from[axis] + share * (to[axis] - from[axis]);
    return [patientToImage(plane, patientPoint(part(0), part(1), part(2)))];
  });
}
