/** Edits of a whole segment on one frame or through a stack; pure, each one step of the log. */
import type { Shift } from '../../geometry/cutThrough';
import { between, margin, type Pitch } from '../../geometry/distance';
import {
  combine,
  emptyMask,
  type Mask,
  maskFrom,
  moved,
  type Runs,
  runsOf,
} from '../../geometry/mask';
import { largestPart } from '../../geometry/parts';
import { editNear, fillHoles, largestIsland, smooth } from '../../geometry/tidy';
import { belongsTo, type Frame, isOneStack } from '../../viewer/frames';
import { tiltOf } from '../../viewer/volumeShape';
import { type Items, type Segment, segmentsOf } from './items';

export const pitchOf = ({ plane }: Frame): Pitch => ({
  column: plane.spacing.column,
  row: plane.spacing.row,
});

export const segmentOn = (items: Items, labelKey: string, frame: Frame): Segment | undefined =>
  segmentsOf(items).find((one) => one.label_key === labelKey && belongsTo(frame, one));

/** The segment of a label on a frame with other runs; begun where there is none yet. */
export function withRuns(items: Items, labelKey: string, frame: Frame, runs: Runs): Segment {
  const found = segmentOn(items, labelKey, frame);
  if (found) {
    const { prompt_session_id: _before, ...segment } = found;
    return { ...segment, runs };
  }
  return {
    id: crypto.randomUUID(),
    kind: 'segment',
    label_key: labelKey,
    sop_instance_uid: frame.sop_instance_uid,
    frame_number: frame.frame_number,
    runs,
  };
}

/** Changes a mask on one frame. */
export type Edit = (mask: Mask, pitch: Pitch) => Mask;

const MARGIN_MM = 1;

const marginNear = (mask: Mask, by_mm: number, pitch: Pitch): Mask =>
  editNear(mask, Math.ceil(MARGIN_MM / Math.min(pitch.column, pitch.row)) + 1, (part) =>
    margin(part, by_mm, pitch),
  );

export const EDITS = {
  grow: (mask, pitch) => marginNear(mask, MARGIN_MM, pitch),
  shrink: (mask, pitch) => marginNear(mask, -MARGIN_MM, pitch),
  smooth: (mask) => editNear(mask, 2, smooth),
  holes: (mask) => editNear(mask, 1, fillHoles),
  largest: (mask) => editNear(mask, 1, largestIsland),
  clear: (mask) => emptyMask(mask.size),
} satisfies Record<string, Edit>;

/** What an edit leaves alone. */
export interface Spared {
  /** Pixels that other segments have are not gained. */
  readonly protectsOthers: boolean;
  /** A segment that is not spared: what is added comes from it. */
  readonly butFor?: string;
}

const NOTHING_SPARED: Spared = { protectsOthers: false };

/** The segment of a label on one frame after an edit; nothing where nothing changes. */
export function edited(
  items: Items,
  labelKey: string,
  frame: Frame,
  edit: Edit,
  { protectsOthers, butFor }: Spared = NOTHING_SPARED,
): Segment[] {
  const runs = segmentOn(items, labelKey, frame)?.runs ?? [];
  const before = maskFrom(runs, frame.size);
  const others = protectsOthers
    ? segmentsOf(items).filter(
        (one) => one.label_key !== labelKey && one.label_key !== butFor && belongsTo(frame, one),
      )
    : [];
  const mask = others.reduce(
    (rest, other) => {
      const gained = combine(maskFrom(other.runs, frame.size), before, 'minus');
      return combine(rest, gained, 'minus');
    },
    edit(before, pitchOf(frame)),
  );
  const after = runsOf(mask);
  return after.join() === runs.join() ? [] : [withRuns(items, labelKey, frame, after)];
}

/**
 * Of all parts of a segment through a stack the largest: voxels are joined within a slice, and from
 * slice to slice where they lie over each other in the patient. Frames that change.
 */
export function largestThrough(
  items: Items,
  labelKey: string,
  frames: readonly Frame[],
): Segment[] {
  const before = frames.map((frame) => ({
    runs: segmentOn(items, labelKey, frame)?.runs ?? [],
    size: frame.size,
  }));
  const after = largestPart(before, isOneStack(frames) ? tiltOf(frames) : []);
  return frames.flatMap((frame, index) => {
    const runs = after[index] ?? [];
    const isSame = runs.join() === before[index]?.runs.join();
    return isSame ? [] : [withRuns(items, labelKey, frame, runs)];
  });
}

/** The segment of a label with that of another added to it, or what it has in common with it. */
export function combinedWith(
  items: Items,
  [labelKey, otherKey]: readonly [labelKey: string, otherKey: string],
  frame: Frame,
  how: 'or' | 'and',
  protectsOthers = false,
): Segment[] {
  const other = maskFrom(segmentOn(items, otherKey, frame)?.runs ?? [], frame.size);
  const spared = { protectsOthers, butFor: otherKey };
  return edited(items, labelKey, frame, (mask) => combine(mask, other, how), spared);
}

/**
 * The segment of one frame of the stack, added to what another has. Slices of a tilted gantry lie
 * beside each other: it moves by whole pixels to where it lies in the patient. What each slice is
 * moved by is rounded against the first, so that copying on and on does not add up: no slice is
 * farther than half a pixel from the first, nor than a pixel from any other.
 */
export function copied(
  items: Items,
  labelKey: string,
  frames: readonly Frame[],
  [from, to]: readonly [from: number, to: number],
): Segment[] {
  const [start, end] = [frames[from], frames[to]];
  const source = start && segmentOn(items, labelKey, start);
  if (!end || !source) return [];
  if (start.size.columns !== end.size.columns || start.size.rows !== end.size.rows) return [];
  const tilt = patientTilt(frames);
  const by = (axis: 0 | 1) => Math.round(tilt(from)[axis]) - Math.round(tilt(to)[axis]);
  const target = maskFrom(segmentOn(items, labelKey, end)?.runs ?? [], end.size);
  const copy = moved(maskFrom(source.runs, end.size), by(0), by(1));
  return [withRuns(items, labelKey, end, runsOf(combine(target, copy, 'or')))];
}

/** Pixels by which a frame lies beside the first in the patient; none where they are no stack. */
function patientTilt(frames: readonly Frame[]): (index: number) => Shift {
  const shifts = isOneStack(frames) ? tiltOf(frames) : [];
  return (index) => shifts[index] ?? [0, 0];
}

/** What the segment has in common with no other segment on the frame. */
export function withoutOthers(items: Items, labelKey: string, frame: Frame): Segment[] {
  const others = segmentsOf(items).filter(
    (one) => one.label_key !== labelKey && belongsTo(frame, one),
  );
  return edited(items, labelKey, frame, (mask) =>
    others.reduce((rest, { runs }) => combine(rest, maskFrom(runs, frame.size), 'minus'), mask),
  );
}

/**
 * Empty frames between painted ones filled in: the shape turns evenly from one into the next, as it
 * lies in the patient.
 */
export function filledBetween(items: Items, labelKey: string, frames: readonly Frame[]): Segment[] {
  const painted = frames.flatMap((frame, index) => {
    const runs = segmentOn(items, labelKey, frame)?.runs ?? [];
    return runs.length > 0 ? [{ index, mask: maskFrom(runs, frame.size) }] : [];
  });
  const tilt = patientTilt(frames);
  const offset = (from: number, to: number): Shift => [
    tilt(from)[0] - tilt(to)[0],
    tilt(from)[1] - tilt(to)[1],
  ];
  return painted.slice(1).flatMap((end, at) => {
    const start = painted[at];
    const gap = start ? end.index - start.index : 0;
    const first = start && frames[start.index];
    if (!start || !first || gap < 2) return [];
    const steps = Array.from({ length: gap - 1 }, (_, step) => {
      const here = start.index + 1 + step;
      const [onOne, onOther] = [offset(here, start.index), offset(here, end.index)];
      return { share: (step + 1) / gap, onOne, onOther };
    });
    return between(start.mask, end.mask, steps, pitchOf(first)).flatMap((mask, step) => {
      const frame = frames[start.index + 1 + step];
      return frame ? [withRuns(items, labelKey, frame, runsOf(mask))] : [];
    });
  });
}

/** Frames, by their places in the stack, with something on them that nobody has looked at yet. */
export function unseenFrames(
  items: Items,
  unseenIds: ReadonlySet<string>,
  frames: readonly Frame[],
): number[] {
  const waiting = segmentsOf(items).filter(({ id, runs }) => unseenIds.has(id) && runs.length > 0);
  if (waiting.length === 0) return [];
  return frames.flatMap((frame, index) =>
    waiting.some((segment) => belongsTo(frame, segment)) ? [index] : [],
  );
}
