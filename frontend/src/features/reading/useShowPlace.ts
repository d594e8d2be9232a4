/** Goes to a place of the case: in the viewport that shows its image, else in the active one. */
import { useCallback } from 'react';
import type { Series } from '../../viewer/frames';
import { momentWith } from '../../viewer/moments';
import { seriesIn, useLayout, visibleCells } from './layout';
import { showSlice } from './planes';
import { ports } from './ports';
import type { Place } from './useAsking';

/** `here` is what the active viewport shows. */
export function useShowPlace(
  series: readonly Series[],
  here: Series | undefined,
): (place: Place) => void {
  return useCallback(
    ({ seriesUid, sop_instance_uid, frame_number = 1 }: Place) => {
      const isHere = (frame: { sop_instance_uid: string; frame_number: number }) =>
        frame.sop_instance_uid === sop_instance_uid && frame.frame_number === frame_number;
      const found = series.find((one) =>
        seriesUid ? one.series_uid === seriesUid : one.frames.some(isHere),
      );
      if (!found) return;
      const layout = useLayout.getState();
      const { active, show } = layout;
      if (seriesUid) {
        const isTimed = found.phases !== undefined && here?.series_uid === seriesUid;
        if (here && (found === here || isTimed)) showSlice(here.frames, 0);
        else show(active, seriesUid, 0);
        return;
      }
      const stacks = visibleCells(layout).map((cell) => seriesIn(series, cell)?.frames ?? []);
      const places = stacks.map((frames) => frames.findIndex(isHere));
      const at = (places[active] ?? -1) >= 0 ? active : places.findIndex((place) => place >= 0);
      const { phase, slice } = momentWith(found, isHere);
      if (at < 0) show(active, found.series_uid, slice, phase);
      else {
        layout.activate(at);
        if (layout.cells[at]?.plane) showSlice(stacks[at] ?? [], places[at] ?? 0);
        else ports.get(at)?.handle.show(places[at] ?? 0);
      }
    },
    [series, here],
  );
}
