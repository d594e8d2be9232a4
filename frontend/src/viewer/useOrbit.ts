/** Mouse and pen on a volume: the body turns with the hand, is moved, or comes nearer. */
import { type RefObject, useEffect } from 'react';
import { pressAction } from '../ui/mouseMap';
import type { NavigationTool } from './navigation';
import { moved, type Orbit, orbited, zoomed } from './volumeCamera';

/** Radians that a CSS pixel turns: half a turn across a usual viewport. */
export const PER_PIXEL = Math.PI / 500;

/** Zoom by a CSS pixel. */
const PER_PIXEL_ZOOM = 1.006;

type Motion = 'turn' | 'pan' | 'zoom';

const motionOf = (action: string, inHand: NavigationTool | null): Motion => {
  const meant = action === 'tool' ? inHand : action;
  if (meant === 'pan') return 'pan';
  return meant === 'zoom' || meant === 'zoom-or-erase' ? 'zoom' : 'turn';
};

export function useOrbit(
  stage: RefObject<HTMLElement | null>,
  tool: NavigationTool | null,
  change: (next: (orbit: Orbit) => Orbit) => void,
): void {
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    let motion: Motion | null = null;
    let last: readonly [number, number] = [0, 0];
    const onDown = (event: PointerEvent) => {
      const action = pressAction(event);
      if (event.pointerType === 'touch' || action === 'none') return;
      motion = motionOf(action, tool);
      last = [event.clientX, event.clientY];
      element.setPointerCapture(event.pointerId);
    };
    const onMove = (event: PointerEvent) => {
      if (!motion) return;
      const [right, down] = [event.clientX - last[0], event.clientY - last[1]];
      last = [event.clientX, event.clientY];
      if (right === 0 && down === 0) return;
      if (motion === 'turn') change((now) => orbited(now, right * PER_PIXEL, down * PER_PIXEL));
      else if (motion === 'zoom') change((now) => zoomed(now, PER_PIXEL_ZOOM ** -down));
      else
        change((now) => {
          const perPixel = (2 * now.reach_mm) / element.clientHeight;
          return moved(now, right * perPixel, down * perPixel);
        });
    };
    const onUp = () => {
      motion = null;
    };
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener('pointerdown', onDown, { signal });
    element.addEventListener('pointermove', onMove, { signal });
    element.addEventListener('pointerup', onUp, { signal });
    element.addEventListener('pointercancel', onUp, { signal });
    return () => stop.abort();
  }, [stage, tool, change]);
}
