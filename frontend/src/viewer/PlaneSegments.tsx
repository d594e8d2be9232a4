/** Segments where a plane cuts them, and painting on the plane into the slices it passes. */
import { useEffect, useMemo, useRef } from 'react';
import { toImage, UNMOVED } from '../geometry/affine';
import { cutThrough, type Grid, gridOf, patchFrom } from '../geometry/cutThrough';
import { type Mask, type Runs, runsOf } from '../geometry/mask';
import { placesOn } from '../geometry/sweep';
import { canvasPoint, type ImageSize } from '../geometry/units';
import { BrushRing } from './BrushRing';
import { emptied } from './canvas';
import type { Frame } from './frames';
import type { MarkStyle } from './marks';
import { pictureOf } from './pictures';
import { drawOutline, drawPicture, scratch } from './SegmentsLayer';
import type { SegmentLook, SegmentOnFrame } from './segments';
import { byLabel, keptPatch } from './stackSegments';
import { type PaintProps, usePaint } from './usePaint';
import type { PlaneView } from './volumeEngine';

interface PlaneSegmentsProps {
  readonly frames: readonly Frame[];
  readonly view: PlaneView;
  readonly segments: readonly SegmentOnFrame[];
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly look: SegmentLook;
  readonly paint: PaintProps | null;
}

export function PlaneSegments(props: PlaneSegmentsProps) {
  const { frames, view, segments, styleOf, look, paint } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const stroke = usePaint(canvas, view.affine, paint);
  const grid = useMemo(() => gridOf(frames), [frames]);
  const labels = useMemo(() => byLabel(frames, segments), [frames, segments]);

  useEffect(() => {
    const context = emptied(canvas.current);
    if (!context || !grid) return;
    const size = { columns: context.canvas.clientWidth, rows: context.canvas.clientHeight };
    const painted = stroke && !labels.has(stroke.label_key) ? [stroke.label_key] : [];
    for (const label of [...labels.keys(), ...painted]) {
      const masks = label === stroke?.label_key ? stroke.masks : NO_MASKS;
      const cut = cutOf(grid, labels.get(label), masks, view, size);
      const { colour } = styleOf(label);
      const picture = pictureOf(cut, colour, scratch);
      drawPicture(context, picture, colour, { affine: UNMOVED, fill: look.fill });
    }
    if (stroke && stroke.outline.length > 1) drawOutline(context, stroke.outline, view.affine);
  }, [grid, labels, view, styleOf, look, stroke]);

  const cursor = stroke?.isWaiting ? 'progress' : paint ? 'crosshair' : 'default';
  return (
    <>
      <canvas
        ref={canvas}
        className="viewer-segments"
        data-segments={labels.size}
        style={{ pointerEvents: paint ? 'all' : 'none', cursor }}
      />
      {paint?.brush && <BrushRing layer={canvas} affine={view.affine} brush={paint.brush} />}
    </>
  );
}

const NO_MASKS: ReadonlyMap<number, Mask> = new Map();

/** One label as it is on screen, in CSS pixels; a stroke under way stands in for what was there. */
function cutOf(
  grid: Grid,
  lying: ReadonlyMap<number, Runs> | undefined,
  masks: ReadonlyMap<number, Mask>,
  { plane, affine }: PlaneView,
  size: ImageSize,
): Mask {
  const placeOf = placesOn(plane);
  const place = (x: number, y: number) => placeOf(toImage(affine, canvasPoint(x, y)));
  const slices = Array.from({ length: grid.count }, (_, index) => {
    const mask = masks.get(index);
    return mask
      ? patchFrom(runsOf(mask), grid.size)
      : keptPatch(lying?.get(index) ?? NONE, grid.size);
  });
  const picture = { size, corner: place(0, 0), right: place(1, 0), down: place(0, 1) };
  return cutThrough(grid, slices, picture);
}

const NONE: Runs = [];
