/** Segments as they lie on the slices of a stack, and how paint behaves. */
import type { Mask, Runs } from '../geometry/mask';
import type { Brush } from '../geometry/paint';
import type { Slice } from '../geometry/sweep';
import type { ImagePoint, ImageSize, Millimetres, PixelSpacing } from '../geometry/units';

export const PAINT_TOOLS = ['brush', 'edge', 'eraser', 'scissors', 'fill', 'grow'] as const;

export type PaintTool = (typeof PAINT_TOOLS)[number];

export const isPaintTool = (tool: string): tool is PaintTool =>
  (PAINT_TOOLS as readonly string[]).includes(tool);

/** The tools that have a size. */
export const isBrush = (tool: PaintTool): boolean =>
  tool === 'brush' || tool === 'edge' || tool === 'eraser';

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
  /** Brush and eraser are a ball that reaches through the slices of a stack. */
  readonly isBall: boolean;
  /** Only pixels with a modality value from low to high are painted; null paints all. */
  readonly range: readonly [low: number, high: number] | null;
  /** Pixels of other segments are left alone. */
  readonly protectsOthers: boolean;
}

/** What stands on one slice where paint goes. */
export interface Canvas {
  readonly size: ImageSize;
  readonly spacing: PixelSpacing;
  /** The segment being painted on this frame, as it is. */
  readonly runs: Runs;
  /** The other segments on this frame. */
  readonly others: readonly Runs[];
  /**
   * Modality values of the frame, worked out when asked for; null for colour images, which have no
   * range, and 'absent' until the pixels are in memory.
   */
  readonly values: ArrayLike<number> | null | 'absent';
}

/** The stack paint goes on. */
export interface Ground {
  readonly slices: readonly Slice[];
  /** Whether a ball may reach from slice to slice: parallel ones, each at a place of its own. */
  readonly isStack: boolean;
  /** Whether the pixels of a slice are in memory. */
  readonly isHere: (index: number) => boolean;
  /** What lies on a slice now. */
  readonly canvas: (index: number) => Canvas;
}

/** What a stroke left of the segment on one slice of the stack. */
export interface Change {
  readonly index: number;
  readonly runs: Runs;
}

/** A stroke under way: the masks it changes, and one move of the hand after another. */
export interface Stroke {
  /** Masks as they are by now, by the slice's place in the stack; the slices touched so far. */
  readonly masks: ReadonlyMap<number, Mask>;
  readonly isErasing: boolean;
  /** The outline cut so far; empty for the other tools. */
  readonly outline: readonly ImagePoint[];
  move(to: ImagePoint): void;
  /** Slices that wait for their pixels, because only values in a range are painted. */
  waiting(): readonly number[];
  /**
   * The slices it touched, after the hand was lifted; those that still wait are left alone. What
   * takes longer comes piece by piece.
   */
  finish(): Change[] | Promise<Change[]>;
}

export type Hand = PaintSettings & { readonly isErasing: boolean };

export const brushOf = (radius: Millimetres, spacing: PixelSpacing): Brush => ({
  radiusColumns: radius / spacing.column,
  radiusRows: radius / spacing.row,
});
