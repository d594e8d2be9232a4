/** The segments of the frame on screen, drawn over it and painted on. */
import { useLayoutEffect, useRef } from 'react';
import type { Affine } from '../geometry/affine';
import type { ImageSize } from '../geometry/units';
import { BrushRing } from './BrushRing';
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
  { affine, fill }: { affine: Affine; fill: number },
): void {
  const { a, b, c, d, e, f } = affine;
  const ratio = window.devicePixelRatio || 1;
  const map = new DOMMatrix([a, b, c, d, e, f]);
  context.setTransform(new DOMMatrix([ratio, 0, 0, ratio, 0, 0]).multiply(map));
  context.imageSmoothingEnabled = false;
  context.globalAlpha = fill;
  if (fill > 0) context.drawImage(picture.pixels, ...picture.at);
  context.globalAlpha = 1;
  // The outline keeps its width however far the image is zoomed.
  const outline = new Path2D();
  outline.addPath(picture.border, map);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
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
    // Asking for the size makes the browser lay out the page: not at every slice, for nothing.
    if (isEmpty && isBlank.current) return;
    isBlank.current = isEmpty;
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [element.clientWidth * ratio, element.clientHeight * ratio];
    if (element.width !== width || element.height !== height)
      Object.assign(element, { width, height });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    if (!affine || size.columns === 0) return;
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
