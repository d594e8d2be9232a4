/** Edits of a segment on a slice or through a stack: what they work on, and what comes of them. */
import { pixelsIn, ROUNDING } from '../../geometry/solid';
import type { Edit, Edited, EditedSlice, Tidying } from '../../geometry/stackEdit';
import { heightOver } from '../../geometry/sweep';
import { type Frame, isOneStack } from '../../viewer/frames';
import { tiltOf } from '../../viewer/volumeShape';
import { t } from '../../words/t';
import { type Items, type Segment, segmentsOf } from './items';
import { asSegment, pitchOf } from './segmentEdits';

export interface Work {
  readonly how: Tidying;
  /** The segment that is edited, and the one it is combined with. */
  readonly key: string;
  readonly otherKey: string;
  /** The slices it may change, in order. */
  readonly frames: readonly Frame[];
  readonly protectsOthers: boolean;
  /** In millimetres, or in pixels where the spacing is not known. */
  readonly width: number;
}

export const placeOf = ({
  sop_instance_uid,
  frame_number,
}: Pick<Frame, 'sop_instance_uid' | 'frame_number'>): string =>
  `${sop_instance_uid}/${frame_number}`;

/** Segments with anything on them, by their places. */
function byPlace(segments: readonly Segment[]): ReadonlyMap<string, readonly Segment[]> {
  const found = new Map<string, Segment[]>();
  for (const segment of segments) {
    const here = found.get(placeOf(segment));
    if (here) here.push(segment);
    else found.set(placeOf(segment), [segment]);
  }
  return found;
}

/** The edit of what lies on the frames; of a stack in its order, or of one frame. */
export function editOf(items: Items, work: Work): Edit {
  const { how, key, otherKey, frames, protectsOthers, width } = work;
  const lying = byPlace(segmentsOf(items));
  const isBeside = ({ label_key }: Segment) =>
    label_key !== key &&
    (how === 'minusOthers' || (protectsOthers && !(how === 'union' && label_key === otherKey)));
  const slices = frames.map((frame): EditedSlice => {
    const here = lying.get(placeOf(frame)) ?? [];
    const runsOf = (label: string) => here.find(({ label_key }) => label_key === label)?.runs ?? [];
    return {
      size: frame.size,
      own: runsOf(key),
      other: how === 'union' || how === 'common' ? runsOf(otherKey) : [],
      beside: here.filter(isBeside).map(({ runs }) => runs),
    };
  });
  const first = frames[0] as Frame;
  return {
    how,
    width_mm: width,
    slices,
    size: first.size,
    pitch: isSpaced(first) ? pitchOf(first) : inPixels(first),
    heights_mm: frames.map(({ plane }) => heightOver(first.plane, plane.origin)),
    shifts: isOneStack(frames) ? tiltOf(frames) : [],
  };
}

/** What an edit changed, as segments. */
export function segmentsFrom(
  changes: readonly Edited[],
  items: Items,
  { key, frames }: Pick<Work, 'key' | 'frames'>,
): Segment[] {
  const own = byPlace(segmentsOf(items).filter(({ label_key }) => label_key === key));
  return changes.flatMap(({ index, runs }) => {
    const frame = frames[index];
    return frame ? [asSegment(own.get(placeOf(frame))?.[0], key, frame, runs)] : [];
  });
}

/** Whether anything is known of how large the pixels of a frame are. */
export const isSpaced = ({ spacing }: Frame): boolean => spacing !== null;

/** Pixels as wide as their shorter edge is 1. */
function inPixels(frame: Frame) {
  const { column, row } = pitchOf(frame);
  const shorter = Math.min(column, row);
  return { column: column / shorter, row: row / shorter };
}

/** Why nothing is grown, shrunk or smoothed from slice to slice; null where it is. */
export function whyNoDepth(frames: readonly Frame[]): string | null {
  const [first] = frames;
  if (!first || !isOneStack(frames)) return t('These images are no stack of slices.');
  if (!frames.every(isSpaced)) return t('The images do not say how large their pixels are.');
  const { column, row } = pitchOf(first);
  const isAlike = (frame: Frame) =>
    frame.size.columns === first.size.columns &&
    frame.size.rows === first.size.rows &&
    Math.abs(pitchOf(frame).column - column) < 1e-4 &&
    Math.abs(pitchOf(frame).row - row) < 1e-4;
  return frames.every(isAlike) ? null : t('The slices differ in size.');
}

/** Voxels that a length reaches from the middle of one along columns, rows and, in a stack, slices. */
export function voxelsWithin(frames: readonly Frame[], reach: number): readonly number[] {
  const [first, last] = [frames[0], frames[frames.length - 1]];
  if (!first || !last) return [];
  const within = pixelsIn(reach, isSpaced(first) ? pitchOf(first) : inPixels(first));
  if (frames.length < 2) return within;
  const gap = Math.abs(heightOver(first.plane, last.plane.origin)) / (frames.length - 1);
  return [...within, Math.floor((reach * ROUNDING) / gap)];
}
