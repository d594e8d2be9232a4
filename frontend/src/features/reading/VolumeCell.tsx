/** A series in 3D in one place of the grid; what draws it is fetched when it is first asked for. */
import { lazy, Suspense } from 'react';
import type { Frame } from '../../viewer/frames';
import { LoadingNotice } from '../../viewer/Notice';
import type { View } from '../../viewer/stackEngine';
import { navigationOf } from '../../viewer/Viewport';
import { NO_FRAMES, usePort } from './usePort';
import type { Shared } from './useShared';
import { useVolumes } from './volumes';

const VolumeViewport = lazy(() => import('../../viewer/VolumeViewport'));

interface VolumeCellProps {
  readonly at: number;
  readonly frames: readonly Frame[];
  readonly isActive: boolean;
  readonly viewport: Shared;
}

const NO_VIEW: View = { index: -1, affine: null, window: null, isInverted: false };

export function VolumeCell({ at, frames, isActive, viewport }: VolumeCellProps) {
  const { lookNumber, strength } = useVolumes();
  const { ref } = usePort(at, NO_FRAMES, isActive, NO_VIEW);
  return (
    <Suspense fallback={<LoadingNotice isFirst />}>
      <VolumeViewport
        {...viewport}
        ref={ref}
        frames={frames}
        tool={navigationOf(viewport.tool)}
        lookNumber={lookNumber}
        strength={strength}
        isCutting={viewport.tool === 'scissors' && !viewport.isReadOnly}
      />
    </Suspense>
  );
}
