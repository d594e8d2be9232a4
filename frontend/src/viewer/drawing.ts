/** Drawing and editing marks as a small state machine; cancelling gives back what was there. */
import { clampToImage, distance, simplify } from '../geometry/points';
import type { ImagePoint } from '../geometry/units';
import {
  type Drawing,
  type Hand,
  IDLE,
  type Outcome,
  type Step,
  type Surroundings,
} from './drawingState';
import { moveHandle, moveMark, withNode, withoutNode } from './editMarks';
import { type Hit, isDrawable, type Mark, tidyPoints } from './marks';
import { type MarkKind, pointsFrom, SHAPES, SQUARE } from './shapes';
import { wired } from './wired';

export { type Drawing, type Hand, IDLE, type Outcome, type Step, type Surroundings };

/** One step of the hand. `slop` and `traceTolerance` follow the zoom, the points do not. */
export function step(drawing: Drawing, hand: Hand, around: Surroundings): Step {
  if (hand.type === 'cancel') return { drawing: IDLE };
  switch (drawing.at) {
    case 'idle':
      return hand.type === 'press' ? begin(hand, around) : { drawing };
    case 'placing':
      return place(drawing, hand, around);
    case 'outlining':
      return outline(drawing, hand, around);
    case 'moving':
      return move(drawing, hand, around);
  }
}

function begin(hand: Extract<Hand, { type: 'press' }>, around: Surroundings): Step {
  const { hit, tool, point } = hand;
  const mark = hit && around.marks.find((one) => one.id === hit.id);
  if (hit && mark) return takeHold(mark, hit, hand);
  if (!tool) return { drawing: IDLE, outcome: { type: 'selected', id: null } };
  const start = clampToImage(point, around.size);
  const { drawn: way } = SHAPES[tool];
  if (way.by === 'line') {
    const isTracing = !way.canClick;
    const { wire } = around;
    if (wire) {
      const anchor = wire.snap(start);
      const begun = { points: [anchor], cursor: anchor, isHeld: true, isTracing: false };
      return {
        drawing: { at: 'outlining', kind: tool, ...begun, wire: { anchors: [0], trail: [] } },
      };
    }
    return {
      drawing: {
        at: 'outlining',
        kind: tool,
        points: [start],
        cursor: start,
        isHeld: true,
        isTracing,
      },
    };
  }
  if (way.count === 1) return drawn(tool, [start], around);
  return { drawing: { at: 'placing', kind: tool, placed: [start], cursor: start, isHeld: true } };
}

function takeHold(mark: Mark, hit: Hit, hand: Extract<Hand, { type: 'press' }>): Step {
  const fewer =
    hand.isTakingOut && hit.part === 'handle' ? withoutNode(mark, hit.handleIndex) : null;
  if (fewer) return { drawing: IDLE, outcome: { type: 'edited', id: mark.id, points: fewer } };
  const isNew = hit.part === 'middle';
  const held = isNew ? withNode(mark, hit.handleIndex, hand.point) : mark;
  const grip: Hit = isNew ? { id: hit.id, part: 'handle', handleIndex: hit.handleIndex + 1 } : hit;
  return {
    drawing: {
      at: 'moving',
      mark: held,
      hit: grip,
      from: hand.point,
      points: mark.points,
      hasMoved: false,
    },
    outcome: { type: 'selected', id: mark.id },
  };
}

function place(
  drawing: Extract<Drawing, { at: 'placing' }>,
  hand: Hand,
  around: Surroundings,
): Step {
  const { kind, placed } = drawing;
  const last = placed[placed.length - 1];
  if (!last) return { drawing: IDLE };
  if (hand.type === 'move') return { drawing: { ...drawing, cursor: hand.point } };
  if (hand.type === 'back')
    return placed.length < 2
      ? { drawing: IDLE }
      : { drawing: { ...drawing, placed: placed.slice(0, -1), isHeld: false } };
  const isRelease = hand.type === 'release' && drawing.isHeld;
  if (hand.type !== 'press' && !isRelease) return { drawing };
  if (isRelease && distance(last, hand.point) <= around.slop)
    return { drawing: { ...drawing, isHeld: false } };
  const next = [...placed, hand.point];
  const { drawn: way } = SHAPES[kind];
  if (way.by === 'places' && next.length >= way.count) return drawn(kind, next, around);
  return {
    drawing: { ...drawing, placed: next, cursor: hand.point, isHeld: hand.type === 'press' },
  };
}

function outline(
  drawing: Extract<Drawing, { at: 'outlining' }>,
  hand: Hand,
  around: Surroundings,
): Step {
  const { kind, points, wire } = drawing;
  const last = points[points.length - 1];
  const first = points[0];
  if (!last || !first) return { drawing: IDLE };
  if (wire && around.wire) {
    const next = wired({ ...drawing, wire }, hand, around, around.wire);
    return next.closed ? drawn(kind, next.closed, around) : { drawing: next.drawing ?? IDLE };
  }
  switch (hand.type) {
    case 'finish':
      return drawn(kind, points, around);
    case 'back':
      return points.length < 2
        ? { drawing: IDLE }
        : { drawing: { ...drawing, points: points.slice(0, -1), isTracing: false } };
    case 'press':
      return isEnd(drawing, hand.point, around)
        ? drawn(kind, points, around)
        : {
            drawing: {
              ...drawing,
              points: [...points, hand.point],
              cursor: hand.point,
              isHeld: true,
            },
          };
    case 'move': {
      const { drawn: way } = SHAPES[kind];
      const canTrace = way.by === 'line' && way.canTrace && drawing.isHeld;
      if (!canTrace || distance(last, hand.point) <= around.slop)
        return { drawing: { ...drawing, cursor: hand.point } };
      const next = [...points, hand.point];
      return { drawing: { ...drawing, points: next, cursor: hand.point, isTracing: true } };
    }
    case 'release':
      return drawing.isTracing
        ? drawn(kind, simplify(points, around.traceTolerance), around)
        : { drawing: { ...drawing, isHeld: false } };
    default:
      return { drawing };
  }
}

/** A closed line ends on its first node or twice on its last, an open one only on its last. */
function isEnd(
  { kind, points }: Extract<Drawing, { at: 'outlining' }>,
  point: ImagePoint,
  around: Surroundings,
): boolean {
  const { isClosed, points: least } = SHAPES[kind];
  const [first, last] = [points[0], points[points.length - 1]];
  if (!first || !last || points.length < least) return false;
  const isOnFirst = isClosed && distance(point, first) <= around.slop * 2;
  return isOnFirst || distance(point, last) <= around.slop;
}

function move(drawing: Extract<Drawing, { at: 'moving' }>, hand: Hand, around: Surroundings): Step {
  const { mark, hit, from, hasMoved } = drawing;
  if (hand.type === 'move') {
    if (!hasMoved && distance(from, hand.point) <= around.slop) return { drawing };
    const points =
      hit.part === 'outline'
        ? moveMark(mark, from, hand.point, around.size)
        : moveHandle(mark, hit.handleIndex, hand.point, around.grid);
    return { drawing: { ...drawing, points, hasMoved: true } };
  }
  if (hand.type !== 'release') return { drawing };
  const points = tidyPoints(mark.kind, drawing.points, around.size);
  return hasMoved && isDrawable(mark.kind, points)
    ? { drawing: IDLE, outcome: { type: 'edited', id: mark.id, points } }
    : { drawing: IDLE };
}

function drawn(kind: MarkKind, placed: readonly ImagePoint[], around: Surroundings): Step {
  const tidy = tidyPoints(kind, pointsFrom(kind, placed, around.grid ?? SQUARE), around.size);
  return isDrawable(kind, tidy)
    ? { drawing: IDLE, outcome: { type: 'drawn', kind, points: tidy } }
    : { drawing: IDLE };
}
