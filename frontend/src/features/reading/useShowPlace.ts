/** Brings a place of the case on screen: in the series that has it, on its slice. */
import { useCallback } from 'react';
import type { Series } from '../../viewer/frames';
import { useLayout } from './layout';
import { showSlice } from './planes';
import type { Place } from './useAsking';

export function useShowPlace(
  series: readonly Series[],
  here: Series | undefined,
): (place: Place) => void {
  const { active, show } = useLayout();
  return useCallback(
    ({ seriesUid, sop_instance_uid, frame_number = 1 }: Place) => {
      const isHere = (frame: { sop_instance_uid: string; frame_number: number }) =>
        frame.sop_instance_uid === sop_instance_uid && frame.frame_number === frame_number;
      const found = series.find((one) =>
        seriesUid ? one.series_uid === seriesUid : one.frames.some(isHere),
      );
      const index = seriesUid ? 0 : (found?.frames.findIndex(isHere) ?? -1);
      if (found && found === here) showSlice(found.frames, index);
      else if (found) show(active, found.series_uid, index);
    },
    [series, here, active, show],
  );
}
