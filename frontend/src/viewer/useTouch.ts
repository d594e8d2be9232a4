/** Fingers move the image and never draw, unless their owner wants it; the palm beside a pen rests. */
import { type RefObject, useEffect, useRef } from 'react';
import { type CanvasPoint, canvasPoint } from '../geometry/units';
import { useMouse } from '../ui/mouseMap';
import { createMover, type Moved, type Scrolling } from './motion';
import { type Fingers, type Motion, motionsBetween } from './touch';

/** The stack follows the finger: pulled up, the next slice comes. */
const SCROLLING: Scrolling = { page: 14, direction: -1, pansOne: true };

/** A palm leaves the glass later than the pen. */
const PALM_MS = 500;

const pen = { isNear: false, left: Number.NEGATIVE_INFINITY };

const isPalm = (time: number): boolean => pen.isNear || time - pen.left < PALM_MS;

export function useTouch(stage: RefObject<HTMLElement | null>, touched: Moved | null): void {
  const now = useRef(touched);
  now.current = touched;
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const fingers = new Map<number, CanvasPoint>();
    /** Touches that nothing underneath may hear of, palms among them. */
    const taken = new Set<number>();
    const mover = createMover();

    const placeOf = (event: PointerEvent) => {
      const edge = element.getBoundingClientRect();
      return canvasPoint(event.clientX - edge.left, event.clientY - edge.top);
    };
    const act = (motion: Motion) => {
      if (now.current) mover.act(now.current, motion, SCROLLING);
    };
    /** Whether this finger moves the image; buttons on it and fingers that draw are let through. */
    const moves = (event: PointerEvent): boolean => {
      const isOnButton = event.target instanceof Element && event.target.closest('button') !== null;
      const draws = useMouse.getState().actions.finger === 'tool' && fingers.size === 0;
      return event.pointerType === 'touch' && !isOnButton && !draws;
    };
    const onDown = (event: PointerEvent) => {
      notePen(event);
      if (!moves(event)) return;
      event.stopPropagation();
      taken.add(event.pointerId);
      if (isPalm(event.timeStamp)) return;
      mover.begin();
      fingers.set(event.pointerId, placeOf(event));
    };
    const onMove = (event: PointerEvent) => {
      notePen(event);
      if (event.pointerType === 'pen') fingers.clear();
      if (taken.has(event.pointerId)) event.stopPropagation();
      if (!fingers.has(event.pointerId)) return;
      const before: Fingers = new Map(fingers);
      fingers.set(event.pointerId, placeOf(event));
      motionsBetween(before, fingers, useMouse.getState().actions).forEach(act);
    };
    const onUp = (event: PointerEvent) => {
      if (taken.delete(event.pointerId)) event.stopPropagation();
      fingers.delete(event.pointerId);
    };
    // What lies underneath must neither move the image a second time nor take a tap for a click.
    const onTouch = (event: TouchEvent) => {
      const isOnButton = event.target instanceof Element && event.target.closest('button') !== null;
      if (isOnButton || useMouse.getState().actions.finger === 'tool') return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };

    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true };
    element.addEventListener('pointerdown', onDown, options);
    element.addEventListener('pointermove', onMove, options);
    for (const name of ['pointerup', 'pointercancel'] as const)
      window.addEventListener(name, onUp, options);
    for (const name of ['pointerover', 'pointerout', 'pointerleave'] as const)
      element.addEventListener(name, notePen, options);
    element.addEventListener('touchstart', onTouch, { ...options, passive: false });
    return () => stop.abort();
  }, [stage]);
}

/** A pen hovers before it writes: as long as it is there, what touches the glass is a palm. */
function notePen(event: PointerEvent): void {
  // Whoever moves the mouse has put the pen away.
  if (event.pointerType === 'mouse') pen.isNear = false;
  if (event.pointerType !== 'pen') return;
  pen.isNear = event.type !== 'pointerout' && event.type !== 'pointerleave';
  pen.left = event.timeStamp;
}
