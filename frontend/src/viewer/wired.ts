/** Drawing a line that snaps: anchors are clicked, the image leads the line from one to the next. */
import { distance, thinned } from '../geometry/points';
import type { ImagePoint } from '../geometry/units';
import type { Drawing, Hand, Surroundings } from './drawingState';
import { MOST_HANDLES } from './marks';
import type { WirePull } from './wirePull';

export type Wired = Extract<Drawing, { at: 'outlining' }> & {
  readonly wire: NonNullable<Extract<Drawing, { at: 'outlining' }>['wire']>;
};

/** Steps of the image a path made of them may stray when it is thinned to nodes. */
const STEP = 0.75;

/** What comes next: the line under way, or the whole outline; neither where it is given up. */
interface Next {
  readonly drawing?: Wired;
  readonly closed?: readonly ImagePoint[];
}

export function wired(drawing: Wired, hand: Hand, around: Surroundings, pull: WirePull): Next {
  const { points } = drawing;
  switch (hand.type) {
    case 'move':
      return { drawing: lead(drawing, hand.point, pull) };
    case 'back': {
      const anchors = drawing.wire.anchors.slice(0, -1);
      const last = anchors[anchors.length - 1];
      if (last === undefined) return {};
      const kept = points.slice(0, last + 1);
      return { drawing: { ...drawing, points: kept, wire: { anchors, trail: [] } } };
    }
    case 'press': {
      if (isEnd(drawing, hand.point, around, pull))
        return { closed: closed(drawing, around, pull) };
      const next = [...points, ...pull.pathTo(pull.snap(hand.point), true)];
      const anchors = [...drawing.wire.anchors, next.length - 1];
      const wire = { anchors, trail: [] };
      return { drawing: { ...drawing, points: next, cursor: hand.point, wire } };
    }
    case 'finish':
      return { closed: closed(drawing, around, pull) };
    default:
      return { drawing };
  }
}

const lead = (drawing: Wired, point: ImagePoint, pull: WirePull): Wired => ({
  ...drawing,
  cursor: point,
  wire: { ...drawing.wire, trail: pull.pathTo(pull.snap(point), false) },
});

/** It ends where it began, or with two clicks on one place; what counts is where a click snaps to. */
function isEnd(
  { points, wire }: Wired,
  point: ImagePoint,
  { slop }: Surroundings,
  pull: WirePull,
): boolean {
  const ends = [points[0], points[points.length - 1]];
  const pointed = [point, pull.snap(point)];
  return (
    wire.anchors.length > 1 &&
    ends.some((end) => end && pointed.some((one) => distance(one, end) <= 2 * slop))
  );
}

function closed({ points }: Wired, around: Surroundings, pull: WirePull): readonly ImagePoint[] {
  const first = points[0];
  if (!first) return [];
  const ring = [...points, ...pull.pathTo(first, true)];
  return thinned(ring, Math.max(STEP * pull.pitch, around.traceTolerance), MOST_HANDLES).slice(
    0,
    -1,
  );
}
