/** The segments of the frame on screen, drawn over it and painted on. */
import { useEffect, useRef } from 'react';
import type { Affine } from '../geometry/affine';
import { borderOf, type Mask, maskFrom, type Runs } from '../geometry/mask';
import type { ImageSize } from '../geometry/units';
import type { MarkStyle } from './marks';
import type { SegmentLook, SegmentOnFrame } from './segments';
import { type PaintProps, usePaint } from './usePaint';

interface SegmentsLayerProps {
  readonly affine: Affine | null;
  readonly size: ImageSize;
  readonly segments: readonly SegmentOnFrame[];
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly look: SegmentLook;
  /** What is painted now; null while another tool is in hand. */
  readonly paint: PaintProps | null;
}

/** A mask made ready to be drawn again and again while the view moves. */
interface Picture {
  readonly pixels: HTMLCanvasElement;
  readonly border: Path2D;
}

const pictures = new WeakMap<Runs, { readonly colour: string; readonly picture: Picture }>();

function pictureOf(mask: Mask, colour: string): Picture {
  const pixels = document.createElement('canvas');
  pixels.width = mask.size.columns;
  pixels.height = mask.size.rows;
  const context = pixels.getContext('2d');
  if (context) {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    const image = context.createImageData(pixels.width, pixels.height);
    const words = new Uint32Array(image.data.buffer);
    const word = new Uint32Array(new Uint8ClampedArray([red, green, blue, 255]).buffer)[0] ?? 0;
    for (let at = 0; at < words.length; at += 1) if (mask.data[at]) words[at] = word;
    context.putImageData(image, 0, 0);
  }
  const border = new Path2D();
  for (const [x1, y1, x2, y2] of borderOf(mask)) {
    border.moveTo(x1, y1);
    border.lineTo(x2, y2);
  }
  return { pixels, border };
}

function keptPicture(runs: Runs, size: ImageSize, colour: string): Picture {
  const kept = pictures.get(runs);
  if (kept?.colour === colour && kept.picture.pixels.width === size.columns) return kept.picture;
  const picture = pictureOf(maskFrom(runs, size), colour);
  pictures.set(runs, { colour, picture });
  return picture;
}

function drawPicture(
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
  if (fill > 0) context.drawImage(picture.pixels, 0, 0);
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
  const { affine, size, segments, styleOf, look, paint } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const stroke = usePaint(canvas, affine, paint);

  useEffect(() => {
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
    for (const segment of segments) {
      const { colour } = styleOf(segment.label_key);
      if (segment.label_key === stroke?.label_key) continue;
      if (segment.runs.length > 0)
        drawPicture(context, keptPicture(segment.runs, size, colour), colour, view);
    }
    if (stroke) {
      const { colour } = styleOf(stroke.label_key);
      drawPicture(context, pictureOf(stroke.mask, colour), colour, view);
      if (stroke.outline.length > 1) drawOutline(context, stroke.outline, affine);
    }
  }, [affine, size, segments, styleOf, look, stroke]);

  return (
    <canvas
      ref={canvas}
      className="viewer-segments"
      data-segments={segments.filter(({ runs }) => runs.length > 0).length}
      style={{ pointerEvents: paint ? 'all' : 'none', cursor: paint ? 'crosshair' : 'default' }}
    />
  );
}

function drawOutline(
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
