/** Drawing and editing marks as a small state machine; cancelling gives back what was there. */
import { clampToImage, distance, simplify } from '../geometry/points';
import type { ImagePoint, ImageSize, PixelSpacing } from '../geometry/units';
import { moveHandle, moveMark, withNode, withoutNode } from './editMarks';
import { type Hit, isDrawable, type Mark, tidyPoints } from './marks';
import { type MarkKind, pointsFrom, SHAPES, SQUARE } from './shapes';

export type Drawing =
  | { readonly at: 'idle' }
  /** A mark of so many places: each clicked, or dragged out from the one before (`isHeld`). */
  | {
      readonly at: 'placing';
      readonly kind: MarkKind;
      readonly placed: readonly ImagePoint[];
      readonly cursor: ImagePoint;
      readonly isHeld: boolean;
    }
  /** A line of any length: clicked node by node, or traced with the button held (`isTracing`). */
  | {
      readonly at: 'outlining';
      readonly kind: MarkKind;
      readonly points: readonly ImagePoint[];
      readonly cursor: ImagePoint;
      readonly isHeld: boolean;
      readonly isTracing: boolean;
    }
  | {
      readonly at: 'moving';
      readonly mark: Mark;
      readonly hit: Hit;
      readonly from: ImagePoint;
      readonly points: readonly ImagePoint[];
      readonly hasMoved: boolean;
    };

export type Hand =
  | {
      readonly type: 'press';
      readonly point: ImagePoint;
      readonly tool: MarkKind | null;
      readonly hit: Hit | null;
      /** Takes a node out instead of taking hold of it. */
      readonly isTakingOut?: boolean;
    }
  | { readonly type: 'move'; readonly point: ImagePoint }
  | { readonly type: 'release'; readonly point: ImagePoint }
  | { readonly type: 'finish' }
  | { readonly type: 'back' }
  | { readonly type: 'cancel' };

export type Outcome =
  | { readonly type: 'drawn'; readonly kind: MarkKind; readonly points: readonly ImagePoint[] }
  | { readonly type: 'edited'; readonly id: string; readonly points: readonly ImagePoint[] }
  | { readonly type: 'selected'; readonly id: string | null };

export interface Step {
  readonly drawing: Drawing;
  readonly outcome?: Outcome;
}

/** What the machine must know of the screen: the image and how far a steady hand still wanders. */
export interface Surroundings {
  readonly marks: readonly Mark[];
  readonly size: ImageSize;
  /** Shape of the pixels: what is square in the patient. */
  readonly grid?: PixelSpacing;
  /** Image pixels that make a drag out of a click. */
  readonly slop: number;
  /** Image pixels a traced outline may lose in accuracy when it is thinned out. */
  readonly traceTolerance: number;
}

export const IDLE: Drawing = { at: 'idle' };

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
  const { kind, points } = drawing;
  const last = points[points.length - 1];
  const first = points[0];
  if (!last || !first) return { drawing: IDLE };
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
