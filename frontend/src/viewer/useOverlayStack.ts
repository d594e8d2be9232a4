/** The values of a series laid over an image, for as long as it is. */
import { useEffect, useState } from 'react';
import type { Frame } from './frames';
import { type OverlayStack, openOverlay } from './overlayStack';

/** While slices arrive the overlay is drawn anew this often, not at every slice. */
const REDRAW_MS = 250;

export function useOverlayStack(frames: readonly Frame[]): {
  readonly stack: OverlayStack | null;
  /** Slices that have come, or that could not be had. */
  readonly loaded: number;
} {
  const [stack, setStack] = useState<OverlayStack | null>(null);
  const [loaded, setLoaded] = useState(0);
  useEffect(() => {
    const opened = openOverlay(frames);
    setStack(opened);
    if (!opened) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      const progress = opened.progress();
      setLoaded(progress.loaded + progress.failed);
    };
    const stop = opened.onProgress(() => {
      timer ??= setTimeout(tell, REDRAW_MS);
    });
    tell();
    return () => {
      stop();
      clearTimeout(timer);
      opened.release();
    };
  }, [frames]);
  return { stack, loaded };
}
