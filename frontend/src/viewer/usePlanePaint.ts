/** What painting on a plane needs: the plane's brush, and the slices it writes into. */
import { useMemo } from 'react';
import { normalOf } from '../geometry/plane';
import { placesOn } from '../geometry/sweep';
import type { Frame } from './frames';
import { beginPlaneGrow } from './growing';
import { beginPlaneEdge, beginPlaneFill } from './planeTools';
import { beginScissors } from './scissors';
import { isBrush, type PaintTool } from './segments';
import { beginSweep } from './strokes';
import type { PaintProps } from './usePaint';
import { fetchFrames, groundOf, type SegmentsProps, withFrames } from './useSegments';
import type { PlaneView, Slab } from './volumeEngine';

interface Surroundings extends SegmentsProps {
  readonly paintTool: PaintTool | null;
  readonly slab: Slab;
}

/** Null while nothing can be painted: another tool, or a slab, which shows many places as one. */
export function usePlanePaint(
  { segments, paint, paintTool, slab, onPainted }: Surroundings,
  frames: readonly Frame[],
  view: PlaneView | null,
): PaintProps | null {
  const isThin = slab.thickness_mm === 0;
  return useMemo((): PaintProps | null => {
    if (!view || !paint || !paintTool || !isThin) return null;
    const { label_key, settings } = paint;
    const normal = normalOf(view.plane);
    const ground = groundOf(frames, segments, label_key);
    const placeOf = placesOn(view.plane);
    const flat = settings.isBall ? null : normal;
    return {
      label_key,
      surface: [...view.plane.origin, ...normal].map((part) => part.toFixed(3)).join(' '),
      brush: isBrush(paintTool)
        ? { radiusColumns: settings.radius, radiusRows: settings.radius }
        : null,
      begin(start, isErasing) {
        const hand = { ...settings, isErasing: isErasing || paintTool === 'eraser' };
        if (paintTool === 'scissors')
          return beginScissors(start, ground, hand, { placeOf, normal, isFlat: flat !== null });
        if (paintTool === 'fill') return beginPlaneFill(start, ground, hand, view.plane);
        if (paintTool === 'grow') return beginPlaneGrow(start, ground, hand, view.plane);
        if (paintTool === 'edge') return beginPlaneEdge(start, ground, hand, view.plane);
        return beginSweep(start, ground, hand, { placeOf, flat });
      },
      fetch: (indices) => fetchFrames(frames, indices),
      onPainted: (changes) => onPainted({ label_key, changes: withFrames(changes, frames) }),
    };
  }, [frames, view, segments, paint, paintTool, isThin, onPainted]);
}
