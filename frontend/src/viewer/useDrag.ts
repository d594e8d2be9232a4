/** Drags of the mouse that scroll, window, move or zoom the image, by the reader's map of buttons. */
import { type RefObject, useEffect, useRef } from 'react';
import { type CanvasPoint, canvasPoint } from '../geometry/units';
import { pressAction } from '../ui/mouseMap';
import { createMover, type Moved } from './motion';
import { dragMotion, type NavigationTool, pixelsPerPage, toolOf } from './navigation';

interface Pointer {
  readonly id: number;
  readonly type: string;
  readonly start: CanvasPoint;
}

/** Browsers scroll the page by a drag of the middle button. */
const MIDDLE = 1;

/** `inHand` is the tool of the button for tools; null leaves it to whoever draws marks. */
export function useDrag(
  stage: RefObject<HTMLElement | null>,
  moved: Moved | null,
  inHand: NavigationTool | null,
): void {
  const now = useRef({ moved, inHand });
  now.current = { moved, inHand };
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const mover = createMover();
    let pointer: Pointer | null = null;
    let drag: { readonly tool: NavigationTool; from: CanvasPoint } | null = null;

    const placeOf = (event: PointerEvent) => {
      const edge = element.getBoundingClientRect();
      return canvasPoint(event.clientX - edge.left, event.clientY - edge.top);
    };
    const note = (event: PointerEvent) => {
      if (!drag) pointer = { id: event.pointerId, type: event.pointerType, start: placeOf(event) };
    };
    /** Layers on the image keep these events from it where they took the press themselves. */
    const begin = (event: MouseEvent | TouchEvent) => {
      if (!pointer || drag) return;
      const button = event instanceof MouseEvent ? event.button : 0;
      if (button === MIDDLE) event.preventDefault();
      const { shiftKey, ctrlKey, metaKey } = event;
      const pressed = { shiftKey, ctrlKey, metaKey, button, pointerType: pointer.type };
      const tool = toolOf(pressAction(pressed), now.current.inHand);
      if (!tool) return;
      mover.begin();
      drag = { tool, from: pointer.start };
    };
    const move = (event: PointerEvent) => {
      const { moved: image } = now.current;
      if (!drag || !pointer || event.pointerId !== pointer.id || !image) return;
      // Let go outside the window, the button tells no one.
      if (event.buttons === 0) return end(event);
      const { start } = pointer;
      const { tool, from } = drag;
      const [to, height] = [placeOf(event), element.clientHeight];
      drag.from = to;
      const page = pixelsPerPage(height, image.count);
      const scrolling = { page, direction: 1, pansOne: false } as const;
      mover.act(image, dragMotion(tool, { start, from, to, height }), scrolling);
    };
    const end = (event: PointerEvent) => {
      if (event.pointerId === pointer?.id) drag = null;
    };

    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener('pointerdown', note, { signal, capture: true });
    for (const name of ['mousedown', 'touchstart'] as const)
      element.addEventListener(name, begin, { signal });
    window.addEventListener('pointermove', move, { signal });
    for (const name of ['pointerup', 'pointercancel'] as const)
      window.addEventListener(name, end, { signal });
    return () => stop.abort();
  }, [stage]);
}
