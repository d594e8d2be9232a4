/** What is laid over each viewport on screen, and in which colours. */
import { useMemo } from 'react';
import type { ColourMap } from '../../viewer/colourMaps';
import type { Series } from '../../viewer/frames';
import type { OverlaySource } from '../../viewer/OverlayLayer';
import { lookOf, useFusion } from './fusion';
import type { Cell } from './layout';

export interface Colours {
  readonly overlay: OverlaySource | null;
  readonly colours: ColourMap | null;
}

/** The name of a series as a reader knows it. */
export const seriesName = ({ modality, description, series_number }: Series): string =>
  [modality, description || series_number].filter(Boolean).join(' · ');

export function useColours(
  all: readonly Series[],
  { seriesUid, overlayUid }: Cell,
  ago?: string,
): Colours {
  const look = useFusion((fusion) => (overlayUid ? lookOf(overlayUid, fusion) : null));
  const colours = useFusion((fusion) => (seriesUid && fusion.colours[seriesUid]) || null);
  const series = overlayUid ? all.find(({ series_uid }) => series_uid === overlayUid) : undefined;
  const overlay = useMemo(() => {
    if (!series || !look) return null;
    const name = ago ? `${seriesName(series)} · ${ago}` : seriesName(series);
    return { frames: series.frames, name, ...look };
  }, [series, look, ago]);
  return useMemo(() => ({ overlay, colours }), [overlay, colours]);
}
