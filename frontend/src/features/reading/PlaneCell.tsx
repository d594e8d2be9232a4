/** A plane through a series in one place of the grid. */
import type { PlaneName } from '../../geometry/planes';
import type { Frame } from '../../viewer/frames';
import { PlaneViewport } from '../../viewer/PlaneViewport';
import { isPaintTool } from '../../viewer/segments';
import { kindMadeBy, navigationOf } from '../../viewer/Viewport';
import { setPlanes, usePlanes } from './planes';
import { useReadout } from './readout';
import { NO_FRAMES, usePort } from './usePort';
import type { Shared } from './useShared';

interface PlaneCellProps {
  readonly at: number;
  readonly name: PlaneName;
  readonly frames: readonly Frame[];
  readonly isActive: boolean;
  readonly viewport: Shared;
}

export function PlaneCell({ at, name, frames, isActive, viewport }: PlaneCellProps) {
  const { tool, isReadOnly } = viewport;
  const { planes, slab } = usePlanes();
  const port = usePort(at, NO_FRAMES, isActive);
  if (!planes) return null;
  return (
    <PlaneViewport
      {...viewport}
      {...port}
      frames={frames}
      name={name}
      planes={planes}
      slab={slab}
      tool={navigationOf(tool)}
      paintTool={isPaintTool(tool) && !isReadOnly ? tool : null}
      kind={isReadOnly ? null : kindMadeBy(tool)}
      isSnapping={tool === 'livewire'}
      onPlanes={setPlanes}
      onHover={(hover) => useReadout.setState({ hover })}
    />
  );
}
