/** The image on screen, asked for when something is done with it, so that scrolling draws nothing. */
import { useCallback } from 'react';
import type { Frame } from '../../viewer/frames';
import { useLayout } from './layout';

export type ShownNow = () => Frame | undefined;

/** Of these frames, which the active viewport shows, the one on screen. */
export const useShownNow = (frames: readonly Frame[]): ShownNow =>
  useCallback(() => {
    const { indices, active } = useLayout.getState();
    return frames[indices[active] ?? 0];
  }, [frames]);
