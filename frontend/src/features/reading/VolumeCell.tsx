/** A series in 3D in one place of the grid; what draws it is fetched when it is first asked for. */
import { lazy, Suspense, useCallback, useEffect } from 'react';
import type { Frame } from '../../viewer/frames';
import { LoadingNotice } from '../../viewer/Notice';
import type { View } from '../../viewer/stackEngine';
import { navigationOf, type ViewportHandle, type ViewportProps } from '../../viewer/Viewport';
import { useLayout } from './layout';
import { ports } from './ports';
import { useReadout } from './readout';
import { useVolumes } from './volumes';

const VolumeViewport = lazy(() => import('../../viewer/VolumeViewport'));

interface VolumeCellProps {
  readonly at: number;
  readonly frames: readonly Frame[];
  readonly isActive: boolean;
  readonly viewport: Pick<
    ViewportProps,
    | 'tool'
    | 'segments'
    | 'paint'
    | 'onPainted'
    | 'areMarksShown'
    | 'isReadOnly'
    | 'styleOf'
    | 'isTextShown'
  >;
}

/** No slice is the one on screen. */
const NO_FRAMES: readonly Frame[] = [];

const NO_VIEW: View = { index: -1, affine: null, window: null, isInverted: false };

export function VolumeCell({ at, frames, isActive, viewport }: VolumeCellProps) {
  const { lookNumber, strength } = useVolumes();
  const keep = useCallback(
    (handle: ViewportHandle | null) => {
      ports.put(at, NO_FRAMES, handle);
      if (handle && useLayout.getState().active === at)
        useReadout.setState({ viewport: handle, view: NO_VIEW, hover: null });
    },
    [at],
  );
  useEffect(() => {
    const port = ports.get(at);
    if (isActive && port) useReadout.setState({ viewport: port.handle, view: NO_VIEW });
  }, [at, isActive]);
  return (
    <Suspense fallback={<LoadingNotice isFirst />}>
      <VolumeViewport
        ref={keep}
        frames={frames}
        tool={navigationOf(viewport.tool)}
        lookNumber={lookNumber}
        strength={strength}
        isCutting={viewport.tool === 'scissors' && !viewport.isReadOnly}
        segments={viewport.segments}
        paint={viewport.paint}
        onPainted={viewport.onPainted}
        areMarksShown={viewport.areMarksShown}
        styleOf={viewport.styleOf}
        isTextShown={viewport.isTextShown}
      />
    </Suspense>
  );
}
