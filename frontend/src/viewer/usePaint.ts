/** Feeds the pointer into strokes, and says when the work of one is done. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Affine, toImage } from '../geometry/affine';
import type { Mask } from '../geometry/mask';
import type { Brush } from '../geometry/paint';
import { canvasPoint, type ImagePoint } from '../geometry/units';
import { pressAction } from '../ui/mouseMap';
import type { Change, Stroke } from './strokes';

export interface PaintProps {
  readonly label_key: string;
  /** Names what is on screen: once something else is there, the stroke has ended. */
  readonly surface: string;
  /** The size of the brush on screen, in image pixels; null for tools without one. */
  readonly brush: Brush | null;
  /** Null while the image is not there yet. */
  readonly begin: (start: ImagePoint, isErasing: boolean) => Stroke | null;
  /** Brings the pixels of slices that wait for them; comes back also where they cannot be had. */
  readonly fetch: (indices: readonly number[]) => Promise<void>;
  readonly onPainted: (changes: readonly Change[]) => void;
}

/** A stroke as it is drawn; a new object for every move, so that it is drawn anew. */
export interface Painting {
  readonly label_key: string;
  readonly masks: ReadonlyMap<number, Mask>;
  readonly outline: readonly ImagePoint[];
  /** The hand was lifted, and pixels of other slices are on their way. */
  readonly isWaiting: boolean;
}

export function usePaint(
  layer: RefObject<HTMLCanvasElement | null>,
  affine: Affine | null,
  paint: PaintProps | null,
): Painting | null {
  const [painting, setPainting] = useState<Painting | null>(null);
  const now = useRef({ affine, paint });
  now.current = { affine, paint };
  const finishNow = useRef<() => void>(() => undefined);

  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    let stroke: Stroke | null = null;
    let begun: PaintProps | null = null;
    let isWaiting = false;

    const pointOf = (event: PointerEvent): ImagePoint | null => {
      const edge = element.getBoundingClientRect();
      const place = canvasPoint(event.clientX - edge.left, event.clientY - edge.top);
      return now.current.affine && toImage(now.current.affine, place);
    };
    const show = () =>
      setPainting(
        stroke && begun
          ? {
              label_key: begun.label_key,
              masks: stroke.masks,
              outline: [...stroke.outline],
              isWaiting,
            }
          : null,
      );
    const end = () => {
      stroke = null;
      begun = null;
      isWaiting = false;
      show();
    };
    const onDown = (event: PointerEvent) => {
      const { paint: props } = now.current;
      const point = pointOf(event);
      const action = pressAction(event);
      const isErasing = action === 'erase' || action === 'zoom-or-erase';
      if (!props || !point || (action !== 'tool' && !isErasing)) return;
      event.stopPropagation();
      // The stroke before must be whole first: this one begins from what it leaves.
      if (stroke) return;
      stroke = props.begin(point, isErasing);
      if (!stroke) return;
      begun = props;
      element.setPointerCapture(event.pointerId);
      show();
    };
    const onMove = (event: PointerEvent) => {
      if (!stroke || isWaiting) return;
      for (const step of event.getCoalescedEvents?.() ?? [event]) {
        const point = pointOf(step);
        if (point) stroke.move(point);
      }
      show();
    };
    const finish = async () => {
      if (!stroke || !begun || isWaiting) return;
      const [made, { fetch, onPainted }] = [stroke, begun];
      const waiting = made.waiting();
      const wait = async <Got>(coming: Promise<Got>): Promise<Got> => {
        isWaiting = true;
        show();
        return coming;
      };
      if (waiting.length > 0) await wait(fetch(waiting));
      if (stroke !== made) return;
      const done = made.finish();
      const changes = Array.isArray(done) ? done : await wait(done);
      if (stroke !== made) return;
      end();
      onPainted(changes);
    };
    const onUp = () => void finish();
    finishNow.current = () => {
      if (stroke && begun?.surface !== now.current.paint?.surface) void finish();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !stroke) return;
      event.stopImmediatePropagation();
      end();
    };
    const keepFromViewport = (event: MouseEvent | TouchEvent) => {
      if (stroke) event.stopPropagation();
    };

    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener('pointerdown', onDown, { signal });
    element.addEventListener('pointermove', onMove, { signal });
    element.addEventListener('pointerup', onUp, { signal });
    element.addEventListener('pointercancel', end, { signal });
    element.addEventListener('mousedown', keepFromViewport, { signal });
    element.addEventListener('touchstart', keepFromViewport, { signal });
    window.addEventListener('keydown', onKey, { signal, capture: true });
    return () => stop.abort();
  }, [layer]);

  // Another slice under the hand: what was painted stays on the slice it was painted on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the surface is the reason
  useEffect(() => finishNow.current(), [paint?.surface]);

  return painting;
}
