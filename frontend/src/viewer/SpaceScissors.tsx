/** Scissors in the 3D view: the line that is drawn over it, and what it cuts out of the slices. */
import { useEffect, useRef } from 'react';
import { UNMOVED } from '../geometry/affine';
import type { ImagePoint } from '../geometry/units';
import { emptied } from './canvas';
import type { Frame } from './frames';
import { drawOutline } from './SegmentsLayer';
import { beginScissors } from './scissors';
import { type PaintProps, usePaint } from './usePaint';
import { groundOf, type SegmentsProps, withFrames } from './useSegments';
import { type Orbit, placeSeen } from './volumeCamera';

interface SpaceScissorsProps extends SegmentsProps {
  readonly frames: readonly Frame[];
  readonly orbit: Orbit;
}

export function SpaceScissors(props: SpaceScissorsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stroke = usePaint(canvas, UNMOVED, scissorsOn(canvas, props));
  useEffect(() => {
    const context = emptied(canvas.current);
    if (context && stroke && stroke.outline.length > 1)
      drawOutline(context, stroke.outline, UNMOVED);
  }, [stroke]);
  return (
    <canvas
      ref={canvas}
      className="viewer-segments"
      style={{ pointerEvents: 'all', cursor: stroke?.isWaiting ? 'progress' : 'crosshair' }}
    />
  );
}

/** A line drawn by the erasing button keeps what is inside; any other takes it away. */
function scissorsOn(
  layer: React.RefObject<HTMLCanvasElement | null>,
  { frames, orbit, segments, paint, onPainted }: SpaceScissorsProps,
): PaintProps | null {
  if (!paint) return null;
  const { label_key, settings } = paint;
  return {
    label_key,
    surface: [...orbit.normal, ...orbit.up, ...orbit.focus, orbit.reach_mm].join(' '),
    brush: null,
    begin(start, keepsInside) {
      const { clientWidth = 0, clientHeight = 0 } = layer.current ?? {};
      const size = { width: clientWidth, height: clientHeight };
      return beginScissors(
        start,
        groundOf(frames, segments, label_key),
        { ...settings, isErasing: true },
        {
          placeOf: (point: ImagePoint) => placeSeen(orbit, point, size),
          normal: orbit.normal,
          isFlat: false,
          keepsInside,
        },
      );
    },
    fetch: async () => undefined,
    onPainted: (changes) => onPainted({ label_key, changes: withFrames(changes, frames) }),
  };
}
