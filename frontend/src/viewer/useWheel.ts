/** The wheel turns the pages of a stack; with Ctrl, or on a single image, it zooms. */
import { type RefObject, useEffect, useRef } from 'react';
import { canvasPoint } from '../geometry/units';
import type { StackEngine } from './stackEngine';

/** Zoom per notch of the wheel. */
const NOTCH = 1.15;

/** Trackpads send many small steps: this many CSS pixels make one. */
const STEP = 40;

export function useWheel(
  stage: RefObject<HTMLElement | null>,
  engine: StackEngine | null,
  place: { readonly index: number; readonly count: number },
): void {
  const latest = useRef(place);
  latest.current = place;
  useEffect(() => {
    const element = stage.current;
    if (!element || !engine) return;
    let rest = 0;
    let target = -1;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { index, count } = latest.current;
      rest += event.deltaMode === 0 ? event.deltaY : event.deltaY * STEP;
      const steps = Math.trunc(rest / STEP);
      if (steps === 0) return;
      rest -= steps * STEP;
      if (count > 1 && !event.ctrlKey) {
        // Fast turning must not fall back to the slice that is only now arriving.
        const from = target >= 0 && Math.abs(target - index) < 20 ? target : index;
        target = Math.min(count - 1, Math.max(0, from + steps));
        void engine.show(target);
        return;
      }
      const edge = element.getBoundingClientRect();
      const around = canvasPoint(event.clientX - edge.left, event.clientY - edge.top);
      engine.zoom(NOTCH ** -Math.sign(steps), around);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [stage, engine]);
}
