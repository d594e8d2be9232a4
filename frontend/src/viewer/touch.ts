/** What fingers on the image mean: one does what its owner chose, two zoom and pan, three window. */
import { type CanvasPoint, canvasPoint } from '../geometry/units';
import type { Actions, MouseAction } from '../ui/mouseMap';

/** Fingers by the id of their pointer, in CSS pixels of the viewport. */
export type Fingers = ReadonlyMap<number, CanvasPoint>;

export type Motion =
  /** CSS pixels down the screen; what makes a slice of them is not decided here. */
  | { readonly type: 'scroll'; readonly by: number }
  | { readonly type: 'pan'; readonly by: CanvasPoint }
  | { readonly type: 'zoom'; readonly factor: number; readonly around: CanvasPoint }
  /** Width by the way across, level by the way down. */
  | { readonly type: 'window'; readonly by: CanvasPoint };

/** Fingers nearer than this count as this far apart: a pinch must not explode. */
const NEAREST = 24;

/** What the way from one reading of the same fingers to the next asks for. */
export function motionsBetween(before: Fingers, after: Fingers, actions: Actions): Motion[] {
  if (before.size !== after.size || after.size === 0) return [];
  const [from, to] = [middleOf(before), middleOf(after)];
  const by = canvasPoint(to[0] - from[0], to[1] - from[1]);
  if (after.size === 1) return motionOf(actions.finger, by);
  if (after.size > 2) return motionOf(actions['three-fingers'], by);
  const factor = spreadOf(after) / spreadOf(before);
  return [
    { type: 'pan', by },
    { type: 'zoom', factor, around: to },
  ];
}

function motionOf(action: MouseAction, by: CanvasPoint): Motion[] {
  if (action === 'scroll') return [{ type: 'scroll', by: by[1] }];
  return action === 'pan' || action === 'window' ? [{ type: action, by }] : [];
}

function middleOf(fingers: Fingers): CanvasPoint {
  const points = [...fingers.values()];
  const sum = points.reduce(
    ([x, y], point) => canvasPoint(x + point[0], y + point[1]),
    canvasPoint(0, 0),
  );
  return canvasPoint(sum[0] / points.length, sum[1] / points.length);
}

function spreadOf(fingers: Fingers): number {
  const [one, other] = [...fingers.values()];
  if (!one || !other) return NEAREST;
  return Math.max(NEAREST, Math.hypot(one[0] - other[0], one[1] - other[1]));
}
