/** How a mammogram hangs: chest walls meeting, the same scale everywhere, against the inner edge. */
import { edgeLetters } from '../geometry/orientation';
import { imageToPatient, patientToImage } from '../geometry/plane';
import { imagePoint } from '../geometry/units';
import { type BreastView, breastViewOf } from './breastViews';
import type { Gaze, Turn } from './camera';
import type { Frame } from './frames';

/** As stored first, then mirrored, then turned: the first that puts the patient right is taken. */
const TURNS: readonly Turn[] = [
  { x: [1, 0], y: [0, 1] },
  { x: [-1, 0], y: [0, 1] },
  { x: [-1, 0], y: [0, -1] },
  { x: [1, 0], y: [0, -1] },
  { x: [0, 1], y: [-1, 0] },
  { x: [0, -1], y: [1, 0] },
  { x: [0, 1], y: [1, 0] },
  { x: [0, -1], y: [-1, 0] },
];

/** Views from above or below: the outer side of the breast is at the top, not the head. */
const FROM_ABOVE = ['CC', 'XCCL', 'XCCM', 'FB'];

/** CSS pixels. */
export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

/** Which way round, how large and at which place an image hangs. */
export interface Hung {
  readonly turn: Turn;
  readonly gaze: Gaze;
}

/**
 * Which way round a mammogram hangs, from its Patient Orientation: the chest wall of the right
 * breast at the right, that of the left one at the left. Null where the file does not say how the
 * breast lies: it is then shown as stored rather than turned by guess.
 */
export function turnOf(frame: Frame): Turn | null {
  const view = breastViewOf(frame.attributes);
  if (!view || frame.edge.right === '' || frame.edge.down === '') return null;
  const upright = TURNS.filter((turn) => wallLetters(frame, turn, view).includes('P'));
  const top = FROM_ABOVE.includes(view.position) ? view.laterality : 'H';
  return upright.find((turn) => lettersOn(frame, turn).top.includes(top)) ?? upright[0] ?? null;
}

const lettersOn = ({ edge }: Frame, { x, y }: Turn) => edgeLetters(edge.right, edge.down, x, y);

const wallLetters = (frame: Frame, turn: Turn, { laterality }: BreastView): string =>
  lettersOn(frame, turn)[laterality === 'R' ? 'right' : 'left'];

/** +1 where the chest wall lies at the right of the screen, −1 where at the left. */
const wallSide = (frame: Frame): number =>
  breastViewOf(frame.attributes)?.laterality === 'L' ? -1 : 1;

/** Width and height on screen in millimetres of the detector. */
function extent({ size, plane }: Frame, { x }: Turn): ViewSize {
  const across = size.columns * plane.spacing.column;
  const down = size.rows * plane.spacing.row;
  return x[0] !== 0 ? { width: across, height: down } : { width: down, height: across };
}

/** A place of the image from millimetres to the right of and below its middle on screen. */
function placeAt(frame: Frame, { x, y }: Turn, right_mm: number, below_mm: number) {
  const { size, plane } = frame;
  const along = x[0] * right_mm + x[1] * below_mm;
  const down = y[0] * right_mm + y[1] * below_mm;
  const point = imagePoint(
    size.columns / 2 + along / plane.spacing.column,
    size.rows / 2 + down / plane.spacing.row,
  );
  return imageToPatient(plane, point);
}

/**
 * The mammogram as large as all of `alike` fit at one scale into viewports of this size, its chest
 * wall at the inner edge. Null for what does not hang as a mammogram, and without millimetres.
 */
export function hangBreast(frame: Frame, alike: readonly Frame[], size: ViewSize): Hung | null {
  const turn = turnOf(frame);
  if (!turn || !frame.spacing) return null;
  const scales = [frame, ...alike].flatMap((one) => {
    const other = one.spacing ? turnOf(one) : null;
    if (!other) return [];
    const { width, height } = extent(one, other);
    return [Math.min(size.width / width, size.height / height)];
  });
  const pixelsPerMillimetre = Math.min(...scales);
  const side = wallSide(frame);
  const right_mm = side * (extent(frame, turn).width / 2 - size.width / 2 / pixelsPerMillimetre);
  return { turn, gaze: { place: placeAt(frame, turn, right_mm, 0), pixelsPerMillimetre } };
}

/**
 * What another mammogram looks at when one does: as far from the chest wall, as far above or below
 * the middle, equally large; mirrored between the breasts. Null where either hangs otherwise.
 */
export function breastGaze(frame: Frame, gaze: Gaze, other: Frame): Gaze | null {
  const [turn, otherTurn] = [turnOf(frame), turnOf(other)];
  if (!turn || !otherTurn || !frame.spacing || !other.spacing) return null;
  const [column, row] = patientToImage(frame.plane, gaze.place);
  const along = (column - frame.size.columns / 2) * frame.plane.spacing.column;
  const down = (row - frame.size.rows / 2) * frame.plane.spacing.row;
  const right_mm = turn.x[0] * along + turn.y[0] * down;
  const below_mm = turn.x[1] * along + turn.y[1] * down;
  const fromWall_mm = extent(frame, turn).width / 2 - wallSide(frame) * right_mm;
  const otherRight_mm = wallSide(other) * (extent(other, otherTurn).width / 2 - fromWall_mm);
  return { ...gaze, place: placeAt(other, otherTurn, otherRight_mm, below_mm) };
}
