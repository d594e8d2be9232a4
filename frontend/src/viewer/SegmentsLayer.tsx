/** The segments of the frame on screen, drawn over it and painted on. */
import { useLayoutEffect, useRef } from 'react';
import type { Affine } from '../geometry/affine';
import type { ImageSize } from '../geometry/units';
import { BrushRing } from './BrushRing';
import { emptied, outlineOf } from './canvas';
import type { MarkStyle } from './marks';
import { keptPicture, type Picture, pictureOf } from './pictures';
import type { SegmentLook, SegmentOnFrame } from './segments';
import { type PaintProps, usePaint } from './usePaint';

interface SegmentsLayerProps {
  readonly affine: Affine | null;
  readonly size: ImageSize;
  /** Place of the frame in its stack. */
  readonly index: number;
  readonly segments: readonly SegmentOnFrame[];
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly look: SegmentLook;
  /** What is painted now; null while another tool is in hand. */
  readonly paint: PaintProps | null;
}

/** Where a stroke under way is drawn, again at every move. */
export const scratch = document.createElement('canvas');

export function drawPicture(
  context: CanvasRenderingContext2D,
  picture: Picture,
  colour: string,
  look: { readonly affine: Affine; readonly fill: number },
): void {
  const outline = outlineOf(context, picture, look);
  context.lineJoin = 'round';
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke(outline);
}

export function SegmentsLayer(props: SegmentsLayerProps) {
  const { affine, size, index, segments, styleOf, look, paint } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const isBlank = useRef(true);
  const stroke = usePaint(canvas, affine, paint);

  useLayoutEffect(() => {
    const isEmpty = !stroke && segments.every(({ runs }) => runs.length === 0);
    // Not laid out at every slice, for nothing.
    if (isEmpty && isBlank.current) return;
    isBlank.current = isEmpty;
    const context = emptied(canvas.current);
    if (!context || !affine || size.columns === 0) return;
    const view = { affine, fill: look.fill };
    const painted = stroke?.masks.get(index);
    for (const segment of segments) {
      const { colour } = styleOf(segment.label_key);
      if (painted && segment.label_key === stroke?.label_key) continue;
      if (segment.runs.length > 0)
        drawPicture(context, keptPicture(segment.runs, size, colour), colour, view);
    }
    if (stroke) {
      const { colour } = styleOf(stroke.label_key);
      if (painted) drawPicture(context, pictureOf(painted, colour, scratch), colour, view);
      if (stroke.outline.length > 1) drawOutline(context, stroke.outline, affine);
    }
  }, [affine, size, index, segments, styleOf, look, stroke]);

  const cursor = stroke?.isWaiting ? 'progress' : paint ? 'crosshair' : 'default';
  return (
    <>
      <canvas
        ref={canvas}
        className="viewer-segments"
        data-segments={segments.filter(({ runs }) => runs.length > 0).length}
        style={{ pointerEvents: paint ? 'all' : 'none', cursor }}
      />
      {affine && paint?.brush && <BrushRing layer={canvas} affine={affine} brush={paint.brush} />}
    </>
  );
}

export function drawOutline(
  context: CanvasRenderingContext2D,
  outline: readonly (readonly [number, number])[],
  { a, b, c, d, e, f }: Affine,
): void {
  context.setLineDash([5, 4]);
  context.strokeStyle = '#fff';
  context.beginPath();
  for (const [x, y] of outline) context.lineTo(a * x + c * y + e, b * x + d * y + f);
  context.closePath();
  context.stroke();
  context.setLineDash([]);
}
