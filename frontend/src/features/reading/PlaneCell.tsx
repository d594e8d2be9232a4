/** A plane through a series in one place of the grid. */
import { useCallback, useEffect } from 'react';
import type { PlaneName } from '../../geometry/planes';
import type { Frame } from '../../viewer/frames';
import { PlaneViewport } from '../../viewer/PlaneViewport';
import { isPaintTool } from '../../viewer/segments';
import {
  kindMadeBy,
  navigationOf,
  type ViewportHandle,
  type ViewportProps,
} from '../../viewer/Viewport';
import { useLayout } from './layout';
import { setPlanes, usePlanes } from './planes';
import { ports } from './ports';
import { useReadout } from './readout';

interface PlaneCellProps {
  readonly at: number;
  readonly name: PlaneName;
  readonly frames: readonly Frame[];
  readonly isActive: boolean;
  readonly viewport: Seen;
}

/** What a plane shows and takes of what a stack does. */
type Seen = Pick<
  ViewportProps,
  | 'tool'
  | 'isTextShown'
  | 'segments'
  | 'paint'
  | 'onPainted'
  | 'areMarksShown'
  | 'isReadOnly'
  | 'styleOf'
  | 'segmentLook'
  | 'marks'
  | 'selectedId'
  | 'activeStyle'
  | 'onOutcome'
  | 'overlay'
  | 'colours'
>;

/** A plane has slices of its own: none of the frames is "the one on screen". */
const NO_FRAMES: readonly Frame[] = [];

export function PlaneCell({ at, name, frames, isActive, viewport }: PlaneCellProps) {
  const { tool, isReadOnly } = viewport;
  const { planes, slab } = usePlanes();
  const keep = useCallback(
    (handle: ViewportHandle | null) => {
      ports.put(at, NO_FRAMES, handle);
      if (handle && useLayout.getState().active === at) useReadout.setState({ viewport: handle });
    },
    [at],
  );
  useEffect(() => {
    const port = ports.get(at);
    if (isActive && port) useReadout.setState({ viewport: port.handle, view: port.view });
  }, [at, isActive]);
  if (!planes) return null;
  return (
    <PlaneViewport
      ref={keep}
      frames={frames}
      name={name}
      planes={planes}
      slab={slab}
      tool={navigationOf(tool)}
      paintTool={isPaintTool(tool) && !isReadOnly ? tool : null}
      segments={viewport.segments}
      paint={viewport.paint}
      onPainted={viewport.onPainted}
      areMarksShown={viewport.areMarksShown}
      styleOf={viewport.styleOf}
      segmentLook={viewport.segmentLook}
      marks={viewport.marks}
      kind={isReadOnly ? null : kindMadeBy(tool)}
      isSnapping={tool === 'livewire'}
      activeStyle={viewport.activeStyle}
      selectedId={viewport.selectedId}
      isReadOnly={isReadOnly}
      onOutcome={viewport.onOutcome}
      overlay={viewport.overlay ?? null}
      colours={viewport.colours ?? null}
      isTextShown={viewport.isTextShown}
      onPlanes={setPlanes}
      onView={(view) => {
        const { active, links } = useLayout.getState();
        ports.note(at, view, active === at, links);
        if (active === at) useReadout.setState({ view });
      }}
      onHover={(hover) => useReadout.setState({ hover })}
    />
  );
}
