/** Turns what a hand did on the image into a step of the log. */
import type { Outcome } from '../../viewer/drawing';
import type { Frame } from '../../viewer/frames';
import type { Painted } from '../../viewer/useSegments';
import { segmentOn, withRuns } from './segmentEdits';
import { useReading } from './store';

/** `labelKey` is the label of a mark newly drawn; without one nothing can be drawn. */
export function takeOutcome(outcome: Outcome, frame: Frame, labelKey: string | undefined): void {
  const { draw, edit, select } = useReading.getState();
  if (outcome.type === 'selected') select(outcome.id);
  else if (outcome.type === 'edited') edit(outcome.id, outcome.points);
  else if (labelKey)
    draw({
      id: crypto.randomUUID(),
      kind: outcome.kind,
      label_key: labelKey,
      sop_instance_uid: frame.sop_instance_uid,
      frame_number: frame.frame_number,
      points: outcome.points,
    });
}

/** A stroke that changed nothing is no step. */
export function keepPainted({ label_key, frame, runs }: Painted): void {
  const { items, tool, paintSegments } = useReading.getState();
  const before = segmentOn(items, label_key, frame)?.runs ?? [];
  if (before.join() !== runs.join()) paintSegments([withRuns(items, label_key, frame, runs)], tool);
}
