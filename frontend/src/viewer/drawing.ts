/** Drawing and editing marks as a small state machine; cancelling gives back what was there. */
import { distance, simplify } from '../geometry/points';
import { type ImagePoint, type ImageSize, imagePoint } from '../geometry/units';
import {
  type Hit,
  isDrawable,
  type Mark,
  type MarkKind,
  moveHandle,
  moveMark,
  tidyPoints,
} from './marks';

export type Drawing =
  | { readonly at: 'idle' }
  /** A box or a line: dragged out, or placed by two clicks (`isHeld` tells which hand it is in). */
  | {
      readonly at: 'spanning';
      readonly kind: 'box' | 'length';
      readonly from: ImagePoint;
      readonly to: ImagePoint;
      readonly isHeld: boolean;
    }
  /** A polygon: clicked corner by corner, or traced with the button held (`isTracing`). */
  | {
      readonly at: 'outlining';
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
    case 'spanning':
      return span(drawing, hand, around);
    case 'outlining':
      return outline(drawing, hand, around);
    case 'moving':
      return move(drawing, hand, around);
  }
}

function begin(hand: Extract<Hand, { type: 'press' }>, around: Surroundings): Step {
  const { hit, tool, point } = hand;
  const mark = hit && around.marks.find((one) => one.id === hit.id);
  if (hit && mark)
    return {
      drawing: { at: 'moving', mark, hit, from: point, points: mark.points, hasMoved: false },
      outcome: { type: 'selected', id: mark.id },
    };
  const start = tidyPoints('length', [point], around.size)[0] ?? imagePoint(0, 0);
  if (tool === 'polygon')
    return {
      drawing: { at: 'outlining', points: [start], cursor: start, isHeld: true, isTracing: false },
    };
  if (tool)
    return { drawing: { at: 'spanning', kind: tool, from: start, to: start, isHeld: true } };
  return { drawing: IDLE, outcome: { type: 'selected', id: null } };
}

function span(
  drawing: Extract<Drawing, { at: 'spanning' }>,
  hand: Hand,
  around: Surroundings,
): Step {
  if (hand.type === 'move') return { drawing: { ...drawing, to: hand.point } };
  if (hand.type === 'press' || (hand.type === 'release' && drawing.isHeld)) {
    const isClick = distance(drawing.from, hand.point) <= around.slop;
    if (hand.type === 'release' && isClick) return { drawing: { ...drawing, isHeld: false } };
    return drawn(drawing.kind, [drawing.from, hand.point], around);
  }
  return { drawing };
}

function outline(
  drawing: Extract<Drawing, { at: 'outlining' }>,
  hand: Hand,
  around: Surroundings,
): Step {
  const { points } = drawing;
  const last = points[points.length - 1];
  const first = points[0];
  if (!last || !first) return { drawing: IDLE };
  switch (hand.type) {
    case 'finish':
      return drawn('polygon', points, around);
    case 'back':
      return points.length < 2
        ? { drawing: IDLE }
        : { drawing: { ...drawing, points: points.slice(0, -1), isTracing: false } };
    case 'press': {
      const isOnFirst = points.length >= 3 && distance(hand.point, first) <= around.slop * 2;
      const isOnLast = points.length >= 3 && distance(hand.point, last) <= around.slop;
      if (isOnFirst || isOnLast) return drawn('polygon', points, around);
      return {
        drawing: { ...drawing, points: [...points, hand.point], cursor: hand.point, isHeld: true },
      };
    }
    case 'move': {
      const isTracing = drawing.isHeld && distance(last, hand.point) > around.slop;
      if (!isTracing) return { drawing: { ...drawing, cursor: hand.point } };
      const next = [...points, hand.point];
      return { drawing: { ...drawing, points: next, cursor: hand.point, isTracing: true } };
    }
    case 'release':
      return drawing.isTracing
        ? drawn('polygon', simplify(points, around.traceTolerance), around)
        : { drawing: { ...drawing, isHeld: false } };
    default:
      return { drawing };
  }
}

function move(drawing: Extract<Drawing, { at: 'moving' }>, hand: Hand, around: Surroundings): Step {
  const { mark, hit, from, hasMoved } = drawing;
  if (hand.type === 'move') {
    if (!hasMoved && distance(from, hand.point) <= around.slop) return { drawing };
    const points =
      hit.part === 'handle'
        ? moveHandle(mark, hit.handleIndex, hand.point)
        : moveMark(mark, from, hand.point, around.size);
    return { drawing: { ...drawing, points, hasMoved: true } };
  }
  if (hand.type !== 'release') return { drawing };
  const points = tidyPoints(mark.kind, drawing.points, around.size);
  return hasMoved && isDrawable(mark.kind, points)
    ? { drawing: IDLE, outcome: { type: 'edited', id: mark.id, points } }
    : { drawing: IDLE };
}

function drawn(kind: MarkKind, points: readonly ImagePoint[], around: Surroundings): Step {
  const tidy = tidyPoints(kind, points, around.size);
  return isDrawable(kind, tidy)
    ? { drawing: IDLE, outcome: { type: 'drawn', kind, points: tidy } }
    : { drawing: IDLE };
}
