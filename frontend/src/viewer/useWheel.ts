/** The wheel turns pages or zooms, as the reader has it; on a single image it zooms. */
import { type RefObject, useEffect, useRef } from 'react';
import { type CanvasPoint, canvasPoint } from '../geometry/units';
import { wheelAction } from '../ui/mouseMap';

/** What the wheel turns. */
export interface Turned {
  page(by: number): unknown;
  zoom(factor: number, around?: CanvasPoint): void;
}

const TEN = 10;

/** Zoom per notch of the wheel. */
const NOTCH = 1.15;

/** Trackpads send many small steps: this many CSS pixels make one. */
const STEP = 40;

/** A mouse wheel sends at least this much per notch: one notch, one slice. */
const WHEEL_NOTCH = 60;

export function useWheel(
  stage: RefObject<HTMLElement | null>,
  engine: Turned | null,
  count: number,
): void {
  const pages = useRef(count);
  pages.current = count;
  useEffect(() => {
    const element = stage.current;
    if (!element || !engine) return;
    let rest = 0;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const action = wheelAction(event);
      if (action === 'none') return;
      // With Shift some browsers turn the wheel sideways.
      const turned = event.deltaY || event.deltaX;
      const isNotch = event.deltaMode !== 0 || Math.abs(turned) >= WHEEL_NOTCH;
      rest = isNotch ? 0 : rest + turned;
      const steps = isNotch ? Math.sign(turned) : Math.trunc(rest / STEP);
      if (steps === 0) return;
      rest -= isNotch ? 0 : steps * STEP;
      if (pages.current > 1 && action !== 'zoom') {
        void engine.page(action === 'scroll-ten' ? steps * TEN : steps);
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
