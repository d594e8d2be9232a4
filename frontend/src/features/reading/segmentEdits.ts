/** Segments begun, cleared and copied from frame to frame; pure, each one step of the log. */
import type { Shift } from '../../geometry/cutThrough';
import type { Pitch } from '../../geometry/distance';
import { combine, maskFrom, moved, type Runs, runsOf } from '../../geometry/mask';
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
export const withRuns = (items: Items, labelKey: string, frame: Frame, runs: Runs): Segment =>
  asSegment(segmentOn(items, labelKey, frame), labelKey, frame, runs);

export function asSegment(
  found: Segment | undefined,
  labelKey: string,
  frame: Frame,
  runs: Runs,
): Segment {
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

/** Nothing of a label on a frame; no segment where there was nothing. */
export const cleared = (items: Items, labelKey: string, frame: Frame): Segment[] =>
  segmentOn(items, labelKey, frame)?.runs.length ? [withRuns(items, labelKey, frame, [])] : [];

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
