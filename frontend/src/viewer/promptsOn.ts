/** Prompts as they lie on one frame of a stack. */
import { belongsTo, type Frame } from './frames';
import type { MarkStyle } from './marks';
import { isPromptTool, KIND_OF, type Pointed, type PreviewOnFrame, type Prompt } from './prompts';

export interface PromptsOfCase {
  readonly prompts: readonly Prompt[];
  readonly preview: readonly PreviewOnFrame[];
  readonly onPointed: (pointed: Pointed, frame: Frame) => void;
}

interface PointedAt {
  readonly prompts?: PromptsOfCase | null;
  readonly tool: string;
  readonly areMarksShown: boolean;
  readonly isReadOnly: boolean;
  readonly activeStyle: MarkStyle;
}

/** What the layer over one frame draws, and whether a hand may point there. */
export function promptsOn(frame: Frame, props: PointedAt) {
  const { prompts, tool, areMarksShown, isReadOnly, activeStyle } = props;
  const isHere = (one: Prompt | PreviewOnFrame) => areMarksShown && belongsTo(frame, one);
  return {
    prompts: prompts?.prompts.filter(isHere) ?? [],
    preview: prompts?.preview.find(isHere),
    colour: activeStyle.colour,
    prompting:
      prompts && isPromptTool(tool) && !isReadOnly
        ? {
            kind: KIND_OF[tool],
            onPointed: (pointed: Pointed) => prompts.onPointed(pointed, frame),
          }
        : null,
  };
}
