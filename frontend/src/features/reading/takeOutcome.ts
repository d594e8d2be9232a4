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

/** One step, however many frames the stroke changed; those it left as they were are no part of it. */
export function keepPainted({ label_key, changes }: Painted): void {
  const { items, tool, paintSegments } = useReading.getState();
  const changed = changes.filter(
    ({ frame, runs }) => (segmentOn(items, label_key, frame)?.runs ?? []).join() !== runs.join(),
  );
  paintSegments(
    changed.map(({ frame, runs }) => withRuns(items, label_key, frame, runs)),
    tool,
  );
}
