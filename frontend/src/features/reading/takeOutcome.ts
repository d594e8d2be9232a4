/** Turns what a hand did on the image into a step of the log. */
import { isSameRuns } from '../../geometry/mask';
import type { ImagePlane } from '../../geometry/plane';
import type { ImagePoint } from '../../geometry/units';
import type { Outcome } from '../../viewer/drawing';
import type { Frame } from '../../viewer/frames';
import type { InSpace, Mark } from '../../viewer/marks';
import { SHAPES } from '../../viewer/shapes';
import { placesOn } from '../../viewer/spaceMarks';
import type { Painted } from '../../viewer/useSegments';
import { isMark } from './items';
import { segmentOn, withRuns } from './segmentEdits';
import { useReading } from './store';

/**
 * `labelKey` is the label of a mark newly drawn; without one nothing can be drawn. What is drawn on
 * `cut`, a plane through the series of the frame, is kept in space.
 */
export function takeOutcome(
  outcome: Outcome,
  frame: Frame,
  labelKey: string | undefined,
  cut?: ImagePlane,
): void {
  const { draw, edit, select, items } = useReading.getState();
  if (outcome.type === 'selected') select(outcome.id);
  else if (outcome.type === 'edited') {
    const { id, points } = outcome;
    const item = items[id];
    // A box seen at an angle is drawn as an outline, which it cannot become.
    if (item && isMark(item) && SHAPES[item.kind].isExact) {
      if (points.length !== SHAPES[item.kind].points) return;
    }
    const isInSpace = item && isMark(item) && item.inSpace;
    edit(id, points, isInSpace ? placesOn(cut ?? frame.plane, points) : undefined);
  } else if (labelKey) {
    const mark: Mark = {
      id: crypto.randomUUID(),
      kind: outcome.kind,
      label_key: labelKey,
      sop_instance_uid: frame.sop_instance_uid,
      frame_number: frame.frame_number,
      points: cut ? [] : outcome.points,
    };
    draw(cut ? { ...mark, inSpace: inSpaceOn(cut, frame, outcome.points) } : mark);
  }
}

const inSpaceOn = (cut: ImagePlane, frame: Frame, points: readonly ImagePoint[]): InSpace => ({
  frame_of_reference_uid: frame.frame_of_reference_uid,
  row_direction: cut.rowDirection,
  column_direction: cut.columnDirection,
  places: placesOn(cut, points),
});

/** One step, however many frames the stroke changed; those it left as they were are no part of it. */
export function keepPainted({ label_key, changes }: Painted): void {
  const { items, tool, paintSegments } = useReading.getState();
  const changed = changes.filter(
    ({ frame, runs }) => !isSameRuns(segmentOn(items, label_key, frame)?.runs ?? [], runs),
  );
  paintSegments(
    changed.map(({ frame, runs }) => withRuns(items, label_key, frame, runs)),
    tool,
  );
}
