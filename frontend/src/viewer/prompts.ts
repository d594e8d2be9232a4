/** Prompts: what a hand shows of a structure, for a segmenter to answer with a mask. */
import type { Runs } from '../geometry/mask';
import type { ImagePoint } from '../geometry/units';
import { isPaintTool, type PaintTool } from './segments';
import { isMarkKind, type MarkKind } from './shapes';

export const PROMPT_TOOLS = ['promptPoint', 'promptScribble', 'promptBox', 'promptLasso'] as const;

export type PromptTool = (typeof PROMPT_TOOLS)[number];

export const isPromptTool = (tool: string): tool is PromptTool =>
  (PROMPT_TOOLS as readonly string[]).includes(tool);

/** Tools whose work becomes a segment. */
export const isSegmentTool = (tool: string): tool is PaintTool | PromptTool =>
  isPaintTool(tool) || isPromptTool(tool);

/** Tools that leave something on the image; all others only look. */
export const isDrawingTool = (tool: string): tool is MarkKind | PaintTool | PromptTool =>
  isMarkKind(tool) || isSegmentTool(tool);

export type PromptKind = 'point' | 'scribble' | 'box' | 'lasso';

export const KIND_OF: Readonly<Record<PromptTool, PromptKind>> = {
  promptPoint: 'point',
  promptScribble: 'scribble',
  promptBox: 'box',
  promptLasso: 'lasso',
};

/** What was pointed with on one frame: it belongs to the structure, or does not. */
export interface Pointed {
  readonly kind: PromptKind;
  readonly is_positive: boolean;
  readonly points: readonly ImagePoint[];
}

export interface Prompt extends Pointed {
  readonly sop_instance_uid: string;
  readonly frame_number: number;
}

/** What the prompts found on one frame; not a segment until it is accepted. */
export interface PreviewOnFrame {
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly runs: Runs;
}

/** Image pixels the hand moves before a line gets another point. */
const LINE_STEP = 0.75;
const MOST_POINTS = 1000;

/** A prompt under way after the hand moved. */
export function movedTo(pointed: Pointed, to: ImagePoint): Pointed {
  const { kind, points } = pointed;
  const [first, last] = [points[0], points.at(-1)];
  if (kind === 'point' || !first || !last) return { ...pointed, points: [to] };
  if (kind === 'box') return { ...pointed, points: [first, to] };
  const isNear = Math.hypot(to[0] - last[0], to[1] - last[1]) < LINE_STEP;
  if (isNear || points.length >= MOST_POINTS) return pointed;
  return { ...pointed, points: [...points, to] };
}

/** Whether a prompt says something: a box has two sides, a lasso goes round. */
export function isWhole({ kind, points }: Pointed): boolean {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return false;
  if (kind === 'box') return Math.abs(first[0] - last[0]) >= 1 && Math.abs(first[1] - last[1]) >= 1;
  return kind !== 'lasso' || points.length >= 3;
}
