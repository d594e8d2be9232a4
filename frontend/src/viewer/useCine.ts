/** Plays a stack: one frame after another, never faster than frames can be drawn. */
import { useEffect, useRef } from 'react';
import type { StackEngine } from './stackEngine';

/** Frames per second where neither the file nor the reader asks for a rate. */
export const USUAL_RATE = 10;

export function useCine(
  engine: StackEngine | null,
  framesPerSecond: number | null,
  place: { readonly index: number; readonly count: number },
): void {
  const latest = useRef(place);
  latest.current = place;
  useEffect(() => {
    if (!engine || framesPerSecond === null || latest.current.count < 2) return;
    let asked = -1;
    const timer = setInterval(() => {
      const { index, count } = latest.current;
      // The frame asked for has not been drawn yet: wait for it rather than leave it out.
      if (index < 0 || (asked >= 0 && asked !== index)) return;
      asked = (index + 1) % count;
      void engine.show(asked);
    }, 1000 / framesPerSecond);
    return () => clearInterval(timer);
  }, [engine, framesPerSecond]);
}
