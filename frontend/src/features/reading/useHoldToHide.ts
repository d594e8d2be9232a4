/** Marks hidden by holding a key come back when it is let go, or when the window loses focus. */
import { useEffect } from 'react';
import { useReading } from './store';

export function useHoldToHide(): void {
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const show = () => {
      const { areMarksHeldHidden, arrange } = useReading.getState();
      if (areMarksHeldHidden) arrange({ areMarksHeldHidden: false });
    };
    const onUp = (event: KeyboardEvent) => event.key.toLowerCase() === 'h' && show();
    window.addEventListener('keyup', onUp, { signal });
    window.addEventListener('blur', show, { signal });
    return () => stop.abort();
  }, []);
}
