/** Feeds the pointer into strokes; the brush size is shown at the pointer. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Affine, toImage } from '../geometry/affine';
import type { Mask, Runs } from '../geometry/mask';
import { canvasPoint, type ImagePoint } from '../geometry/units';
import {
  beginStroke,
  type Canvas,
  type PaintSettings,
  type PaintTool,
  type Stroke,
} from './segments';

export interface PaintProps {
  readonly tool: PaintTool;
  readonly label_key: string;
  readonly settings: PaintSettings;
  /** What lies on the frame now; asked for when a stroke begins. */
  readonly canvas: () => Canvas | null;
  readonly onPainted: (runs: Runs) => void;
}

/** A stroke as it is drawn; a new object for every move, so that it is drawn anew. */
export interface Painting {
  readonly label_key: string;
  readonly mask: Mask;
  readonly outline: readonly ImagePoint[];
}

export function usePaint(
  layer: RefObject<HTMLCanvasElement | null>,
  affine: Affine | null,
  paint: PaintProps | null,
): Painting | null {
  const [painting, setPainting] = useState<Painting | null>(null);
  const now = useRef({ affine, paint });
  now.current = { affine, paint };

  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    let stroke: Stroke | null = null;
    let begun: PaintProps | null = null;

    const pointOf = (event: PointerEvent): ImagePoint | null => {
      const edge = element.getBoundingClientRect();
      const place = canvasPoint(event.clientX - edge.left, event.clientY - edge.top);
      return now.current.affine && toImage(now.current.affine, place);
    };
    const show = () =>
      setPainting(
        stroke && begun
          ? { label_key: begun.label_key, mask: stroke.mask, outline: [...stroke.outline] }
          : null,
      );
    const end = () => {
      stroke = null;
      begun = null;
      show();
    };
    const onDown = (event: PointerEvent) => {
      const { paint: props } = now.current;
      const point = pointOf(event);
      // The right button erases, as in every paint program; the middle one still pans.
      if (!props || !point || event.ctrlKey || (event.button !== 0 && event.button !== 2)) return;
      const canvas = props.canvas();
      if (!canvas) return;
      event.stopPropagation();
      element.setPointerCapture(event.pointerId);
      begun = props;
      const isErasing = event.button === 2 || event.shiftKey;
      stroke = beginStroke(props.tool, point, canvas, { ...props.settings, isErasing });
      show();
    };
    const onMove = (event: PointerEvent) => {
      if (!stroke) return;
      for (const step of event.getCoalescedEvents?.() ?? [event]) {
        const point = pointOf(step);
        if (point) stroke.move(point);
      }
      show();
    };
    const onUp = () => {
      if (!stroke || !begun) return;
      const [{ onPainted }, runs] = [begun, stroke.finish()];
      end();
      onPainted(runs);
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

  return painting;
}
