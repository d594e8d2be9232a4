/** Commands of segmenting from prompts; those of `promptingCommands` hold while one is in hand. */
import type { LabelSchema } from '../../api/projects';
import type { Command } from '../../commands/registry';
import type { Frame } from '../../viewer/frames';
import { isPromptTool, type PromptTool } from '../../viewer/prompts';
import { t } from '../../words/t';
import { labelsOf } from './caseCommands';
import { accept, askAgain, reject, setThroughFrames, takeBack, usePrompting } from './prompting';
import { activeSegment } from './segmentInHand';
import { useReading } from './store';

const PROMPTS = t('Segment from prompts');

const TOOLS: readonly { tool: PromptTool; title: string; shortcut: string }[] = [
  { tool: 'promptPoint', title: t('Prompt: point'), shortcut: 'a' },
  { tool: 'promptScribble', title: t('Prompt: scribble'), shortcut: 's' },
  { tool: 'promptBox', title: t('Prompt: box'), shortcut: 'd' },
  { tool: 'promptLasso', title: t('Prompt: lasso'), shortcut: 'f' },
];

const isEditable = () => !useReading.getState().isReadOnly;
const hasPrompts = () => usePrompting.getState().prompts.length > 0;
const hasMask = () => usePrompting.getState().preview.length > 0;

/** The way in, there whatever is in hand. */
export function promptCommands(schema: LabelSchema): Command[] {
  if (labelsOf(schema, 'segment').length === 0) return [];
  return [
    {
      id: 'prompt.begin',
      title: t('Segment from prompts'),
      section: PROMPTS,
      shortcut: 'alt+p',
      isEnabled: isEditable,
      isOn: () => isPromptTool(useReading.getState().tool),
      run: () => useReading.getState().use('promptPoint'),
    },
  ];
}

/** Keys that mean something else while a prompt tool is in hand. */
export function promptingCommands(schema: LabelSchema, frames: readonly Frame[]): Command[] {
  const command = (
    id: string,
    title: string,
    shortcut: string | readonly string[],
    run: () => void,
  ): Command => ({ id: `prompt.${id}`, title, section: PROMPTS, shortcut, run });
  return [
    ...TOOLS.map(
      ({ tool, title, shortcut }): Command => ({
        id: `tool.${tool}`,
        title,
        section: PROMPTS,
        shortcut,
        isEnabled: isEditable,
        run: () => useReading.getState().use(tool),
      }),
    ),
    {
      ...command('accept', t('Accept the mask'), 'enter', () => {
        const label = activeSegment(schema);
        if (label) accept(label.key, frames);
      }),
      isEnabled: hasMask,
    },
    command('reject', t('Reject the mask, or leave prompting'), 'escape', () => {
      if (hasPrompts()) reject();
      else useReading.getState().use('window');
    }),
    command('takeBack', t('Take the last prompt back'), ['mod+z', 'backspace'], () => {
      if (hasPrompts()) takeBack();
      else useReading.getState().undo();
    }),
    {
      ...command('through', t('Through all slices, or on this one'), 't', () =>
        setThroughFrames(!usePrompting.getState().throughFrames),
      ),
      isEnabled: () => frames.length > 1,
      isOn: () => usePrompting.getState().throughFrames,
    },
    { ...command('again', t('Ask again'), 'shift+t', askAgain), isEnabled: hasPrompts },
  ];
}
