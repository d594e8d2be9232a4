/** How a viewport in one place of the grid is made known: to linked ones, commands and readout. */
import { useCallback, useEffect } from 'react';
import type { Frame } from '../../viewer/frames';
import type { View } from '../../viewer/stackEngine';
import type { ViewportHandle } from '../../viewer/Viewport';
import { useLayout } from './layout';
import { ports } from './ports';
import { useReadout } from './readout';

/** Of planes and 3D: none of the frames is the one on screen. */
export const NO_FRAMES: readonly Frame[] = [];

/** `unseen` is the view that counts for as long as the viewport tells none. */
export function usePort(
  at: number,
  frames: readonly Frame[],
  isActive: boolean,
  unseen: View | null = null,
) {
  const ref = useCallback(
    (handle: ViewportHandle | null) => {
      ports.put(at, frames, handle);
      const view = ports.get(at)?.view ?? unseen;
      if (handle && useLayout.getState().active === at)
        useReadout.setState({ viewport: handle, view, hover: null });
    },
    [at, frames, unseen],
  );
  useEffect(() => {
    const port = ports.get(at);
    if (isActive && port) useReadout.setState({ viewport: port.handle, view: port.view ?? unseen });
  }, [at, isActive, unseen]);
  const onView = useCallback(
    (view: View) => {
      const { active, links } = useLayout.getState();
      ports.note(at, view, active === at, links);
      if (active === at) useReadout.setState({ view });
    },
    [at],
  );
  return { ref, onView };
}
