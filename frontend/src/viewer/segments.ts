/** Segments as they lie on frames, and what a paint tool makes of them. */

import { type Mask, maskFrom, type Runs, runsOf } from '../geometry/mask';
import { type Brush, cut, fill, stroke } from '../geometry/paint';
import type { ImagePoint, ImageSize, Millimetres, PixelSpacing } from '../geometry/units';

export const PAINT_TOOLS = ['brush', 'eraser', 'scissors', 'fill'] as const;

export type PaintTool = (typeof PAINT_TOOLS)[number];

export const isPaintTool = (tool: string): tool is PaintTool =>
  (PAINT_TOOLS as readonly string[]).includes(tool);

/** One segment on one frame, with what it looks like. */
export interface SegmentOnFrame {
  readonly id: string;
  readonly label_key: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly runs: Runs;
}

/** How segments are shown: filled this far, 0 to 1, and always with their outline. */
export interface SegmentLook {
  readonly fill: number;
}

/** How the brush behaves; kept from case to case. */
export interface PaintSettings {
  readonly radius: Millimetres;
  /** Only pixels with a modality value from low to high are painted; null paints all. */
  readonly range: readonly [low: number, high: number] | null;
  /** Pixels of other segments are left alone. */
  readonly protectsOthers: boolean;
}

/** What stands where paint goes. */
export interface Canvas {
  readonly size: ImageSize;
  readonly spacing: PixelSpacing;
  /** The segment being painted on this frame, as it is. */
  readonly runs: Runs;
  /** The other segments on this frame. */
  readonly others: readonly Runs[];
  /** Modality values of the frame; null for colour images, which have no range. */
  readonly values: ArrayLike<number> | null;
}

/** A stroke under way: the mask it changes, and one move of the hand after another. */
export interface Stroke {
  readonly mask: Mask;
  readonly isErasing: boolean;
  /** The outline cut so far; empty for the other tools. */
  readonly outline: readonly ImagePoint[];
  move(to: ImagePoint): void;
  /** The runs after the hand was lifted. */
  finish(): Runs;
}

export const brushOf = (radius: Millimetres, spacing: PixelSpacing): Brush => ({
  radiusColumns: radius / spacing.column,
  radiusRows: radius / spacing.row,
});

function allowedIn(canvas: Canvas, settings: PaintSettings): (at: number) => boolean {
  const { values } = canvas;
  const { range, protectsOthers } = settings;
  const taken = protectsOthers ? canvas.others.map((runs) => maskFrom(runs, canvas.size).data) : [];
  return (at) => {
    if (taken.some((data) => data[at] === 1)) return false;
    const value = values?.[at];
    return !range || value === undefined || (value >= range[0] && value <= range[1]);
  };
}

/** Begins a stroke; `isErasing` turns brush and scissors round, an eraser always erases. */
export function beginStroke(
  tool: PaintTool,
  start: ImagePoint,
  canvas: Canvas,
  settings: PaintSettings & { readonly isErasing: boolean },
): Stroke {
  const mask = maskFrom(canvas.runs, canvas.size);
  const isErasing = settings.isErasing || tool === 'eraser';
  const value = isErasing ? 0 : 1;
  const allowed = isErasing ? () => true : allowedIn(canvas, settings);
  const brush = brushOf(settings.radius, canvas.spacing);
  const outline = [start];
  let last = start;
  if (tool === 'brush' || tool === 'eraser') stroke(mask, [start, start], brush, value, allowed);
  if (tool === 'fill') {
    const [column, row] = [Math.floor(start[0]), Math.floor(start[1])];
    const isOn = column >= 0 && row >= 0 && column < canvas.size.columns && row < canvas.size.rows;
    if (isOn) fill(mask, row * canvas.size.columns + column, value);
  }
  return {
    mask,
    isErasing,
    outline: tool === 'scissors' ? outline : [],
    move(to) {
      if (tool === 'brush' || tool === 'eraser') stroke(mask, [last, to], brush, value, allowed);
      if (tool === 'scissors') outline.push(to);
      last = to;
    },
    finish() {
      if (tool === 'scissors' && outline.length > 2) cut(mask, outline, value, allowed);
      return runsOf(mask);
    },
  };
}
