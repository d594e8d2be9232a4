/** Prompts on the frame on screen and the mask they make, told apart from what is painted. */
import { useEffect, useRef } from 'react';
import { type Affine, toCanvas } from '../geometry/affine';
import type { ImageSize } from '../geometry/units';
import { emptied, outlineOf } from './canvas';
import { keptPicture } from './pictures';
import type { Pointed, PreviewOnFrame, Prompt } from './prompts';
import { type PromptingProps, usePrompting } from './usePrompting';

interface PromptsLayerProps {
  readonly affine: Affine | null;
  readonly size: ImageSize;
  readonly prompts: readonly Prompt[];
  readonly preview: PreviewOnFrame | undefined;
  readonly colour: string;
  /** Null while another tool is in hand. */
  readonly prompting: PromptingProps | null;
}

const FILL = 0.25;
const POSITIVE = '#7dff9b';
const NEGATIVE = '#ff8a80';

export function PromptsLayer(props: PromptsLayerProps) {
  const { affine, size, prompts, preview, colour, prompting } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const isBlank = useRef(true);
  const pointed = usePrompting(canvas, affine, size, prompting);

  useEffect(() => {
    const isEmpty = prompts.length === 0 && !preview && !pointed;
    // Not laid out at every slice, for nothing.
    if (isEmpty && isBlank.current) return;
    isBlank.current = isEmpty;
    const context = emptied(canvas.current);
    if (!context || !affine || size.columns === 0) return;
    if (preview && preview.runs.length > 0) drawPreview(context, { preview, size, colour, affine });
    for (const prompt of prompts) drawPrompt(context, prompt, affine);
    if (pointed) drawPrompt(context, pointed, affine);
  }, [affine, size, prompts, preview, colour, pointed]);

  return (
    <canvas
      ref={canvas}
      className="viewer-prompts"
      data-prompts={prompts.length}
      data-preview={preview && preview.runs.length > 0}
      style={{
        pointerEvents: prompting ? 'all' : 'none',
        cursor: prompting ? 'crosshair' : 'default',
      }}
    />
  );
}

interface Preview {
  readonly preview: PreviewOnFrame;
  readonly size: ImageSize;
  readonly colour: string;
  readonly affine: Affine;
}

/** Thinly filled, with a white line of dashes: a proposal, where a segment has a line of colour. */
function drawPreview(
  context: CanvasRenderingContext2D,
  { preview, size, colour, affine }: Preview,
): void {
  const picture = keptPicture(preview.runs, size, colour);
  const outline = outlineOf(context, picture, { affine, fill: FILL });
  context.lineWidth = 3;
  context.strokeStyle = '#000';
  context.stroke(outline);
  context.lineWidth = 1.5;
  context.strokeStyle = '#fff';
  context.setLineDash([5, 4]);
  context.stroke(outline);
  context.setLineDash([]);
}

const ARM = 5;

/** A place has a sign as well as a colour; what denies has a broken line. */
function drawPrompt(
  context: CanvasRenderingContext2D,
  { kind, is_positive, points }: Pointed,
  affine: Affine,
): void {
  const places = points.map((point) => toCanvas(affine, point));
  const path = new Path2D();
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last) return;
  if (kind === 'box') path.rect(first[0], first[1], last[0] - first[0], last[1] - first[1]);
  else for (const [x, y] of places) path.lineTo(x, y);
  if (kind === 'lasso') path.closePath();
  if (kind === 'point' || places.length === 1) {
    path.moveTo(first[0] - ARM, first[1]);
    path.lineTo(first[0] + ARM, first[1]);
    if (is_positive) {
      path.moveTo(first[0], first[1] - ARM);
      path.lineTo(first[0], first[1] + ARM);
    }
  }
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.lineWidth = 4;
  context.strokeStyle = '#000';
  context.stroke(path);
  context.lineWidth = 2;
  context.strokeStyle = is_positive ? POSITIVE : NEGATIVE;
  if (!is_positive && kind !== 'point') context.setLineDash([6, 5]);
  context.stroke(path);
  context.setLineDash([]);
}
