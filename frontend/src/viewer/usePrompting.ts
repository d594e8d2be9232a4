/** Feeds the pointer into prompts: press, move, let go; what erases with a brush denies here. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Affine, toImage } from '../geometry/affine';
import { canvasPoint, type ImagePoint, type ImageSize, imagePoint } from '../geometry/units';
import { pressAction } from '../ui/mouseMap';
import { isWhole, movedTo, type Pointed, type PromptKind } from './prompts';

const DENIES: readonly string[] = ['erase', 'zoom-or-erase'];

export interface PromptingProps {
  readonly kind: PromptKind;
  readonly onPointed: (pointed: Pointed) => void;
}

export function usePrompting(
  layer: RefObject<HTMLCanvasElement | null>,
  affine: Affine | null,
  size: ImageSize,
  prompting: PromptingProps | null,
): Pointed | null {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const now = useRef({ affine, size, prompting });
  now.current = { affine, size, prompting };

  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    let under: Pointed | null = null;
    let begun: PromptingProps | null = null;

    const pointOf = (event: PointerEvent): ImagePoint | null => {
      const { affine: map, size: image } = now.current;
      if (!map) return null;
      const edge = element.getBoundingClientRect();
      const [x, y] = toImage(map, canvasPoint(event.clientX - edge.left, event.clientY - edge.top));
      return imagePoint(clamped(x, image.columns), clamped(y, image.rows));
    };
    const show = (next: Pointed | null) => {
      under = next;
      setPointed(next);
    };
    const onDown = (event: PointerEvent) => {
      const point = pointOf(event);
      const action = pressAction(event);
      const is_positive = action === 'tool';
      const { prompting: props } = now.current;
      if (!props || !point || !(is_positive || DENIES.includes(action))) return;
      event.stopPropagation();
      element.setPointerCapture(event.pointerId);
      begun = props;
      show({ kind: props.kind, is_positive, points: [point] });
    };
    const onMove = (event: PointerEvent) => {
      if (!under) return;
      let next = under;
      for (const step of event.getCoalescedEvents?.() ?? [event]) {
        const point = pointOf(step);
        if (point) next = movedTo(next, point);
      }
      show(next);
    };
    const onUp = () => {
      const [made, props] = [under, begun];
      show(null);
      if (made && props && isWhole(made)) props.onPointed(made);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !under) return;
      event.stopImmediatePropagation();
      show(null);
    };
    const keepFromViewport = (event: Event) => {
      if (under) event.stopPropagation();
    };

    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener('pointerdown', onDown, { signal });
    element.addEventListener('pointermove', onMove, { signal });
    element.addEventListener('pointerup', onUp, { signal });
    element.addEventListener('pointercancel', () => show(null), { signal });
    for (const name of ['mousedown', 'touchstart', 'dblclick'])
      element.addEventListener(name, keepFromViewport, { signal });
    window.addEventListener('keydown', onKey, { signal, capture: true });
    return () => stop.abort();
  }, [layer]);

  return pointed;
}

const clamped = (value: number, most: number): number => Math.min(most, Math.max(0, value));
