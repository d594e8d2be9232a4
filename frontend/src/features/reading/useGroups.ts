/** Which attributes concern what is on screen, for the one panel that shows them. */
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { LabelSchema } from '../../api/projects';
import type { Series } from '../../viewer/frames';
import { type Gaze, type Group, groupsOf } from './asking';
import type { Work } from './attributes';
import { type Layout, seriesIn, useLayout } from './layout';
import { asksOf } from './outcome';
import { useReading } from './store';

export function placeIn(layout: Layout, series: readonly Series[]): Omit<Gaze, 'selectedId'> {
  const { cells, indices, active } = layout;
  const here = seriesIn(series, cells[active]);
  return {
    seriesUid: here?.series_uid ?? null,
    imageUid: here?.frames[indices[active] ?? 0]?.sop_instance_uid ?? null,
  };
}

export const gazeNow = (series: readonly Series[]): Gaze => ({
  ...placeIn(useLayout.getState(), series),
  selectedId: useReading.getState().selectedId,
});

/** Tells of each other series, image or mark that is looked at; answers what ends that. */
export function onLookedElsewhere(
  series: readonly Series[],
  tell: (gaze: Gaze) => void,
): () => void {
  let last = gazeNow(series);
  const look = () => {
    const gaze = gazeNow(series);
    const isSame =
      gaze.seriesUid === last.seriesUid &&
      gaze.imageUid === last.imageUid &&
      gaze.selectedId === last.selectedId;
    last = gaze;
    if (!isSame) tell(gaze);
  };
  const stops = [useLayout.subscribe(look), useReading.subscribe(look)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Where nothing is asked of images, scrolling from one to the next changes nothing. */
export function useGroups(
  schema: LabelSchema,
  series: readonly Series[],
  work: Work,
): readonly Group[] {
  const { items, selectedId, asking } = useReading(
    useShallow(({ items, selectedId, asking }) => ({ items, selectedId, asking })),
  );
  const areImagesAsked = useMemo(
    () => asksOf(schema).some(({ scope }) => scope === 'image'),
    [schema],
  );
  const { seriesUid, imageUid } = useLayout(
    useShallow((layout) => {
      const place = placeIn(layout, series);
      return areImagesAsked ? place : { ...place, imageUid: null };
    }),
  );
  return useMemo(
    () => groupsOf(items, schema, work, { seriesUid, imageUid, selectedId }, asking),
    [items, schema, work, seriesUid, imageUid, selectedId, asking],
  );
}
