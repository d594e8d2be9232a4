/** Commands that change how the image is seen, not what is said about it. */
import type { Command } from '../../commands/registry';
import type { GreyWindow } from '../../viewer/frameFacts';
import type { WindowChoice } from '../../viewer/greyWindows';
import { windowTitle } from '../../viewer/greyWindows';
import type { ViewportTool } from '../../viewer/Viewport';
import { t } from '../../words/t';
import { toggleOwnWindows } from './ownWindows';
import { useReadout } from './readout';
import { useReading } from './store';

export interface Stack {
  readonly frameCount: number;
  readonly seriesIndex: number;
  readonly seriesCount: number;
  readonly showSeries: (index: number) => void;
  readonly windows: readonly WindowChoice[];
}

const IMAGE = t('Image');
const VIEW = t('Screen');

const viewport = () => useReadout.getState().viewport;

const tool = (id: ViewportTool, title: string, shortcut: string): Command => ({
  id: `tool.${id}`,
  title,
  section: IMAGE,
  shortcut,
  run: () => useReading.getState().use(id),
});

const image = (
  id: string,
  title: string,
  shortcut: string | readonly string[],
  run: () => void,
): Command => ({
  id: `image.${id}`,
  title,
  section: IMAGE,
  shortcut,
  isEnabled: () => viewport() !== null,
  run,
});

export function navigationCommands(): Command[] {
  return [
    tool('window', t('Window and level'), 'w'),
    tool('pan', t('Pan'), 'm'),
    tool('zoom', t('Zoom'), 'z'),
    tool('scroll', t('Scroll'), 's'),
    image('invert', t('Invert'), 'i', () => viewport()?.invert()),
    image('rotate', t('Turn right'), 'r', () => viewport()?.rotate(90)),
    image('rotateBack', t('Turn left'), 'shift+r', () => viewport()?.rotate(-90)),
    image('flip', t('Mirror left to right'), 'v', () => viewport()?.flip('horizontal')),
    image('flipDown', t('Mirror top to bottom'), 'shift+v', () => viewport()?.flip('vertical')),
    image('fit', t('Fit to screen'), ['=', 'f'], () => viewport()?.fit()),
    image('closer', t('Zoom in'), '+', () => viewport()?.zoom(1.25)),
    image('farther', t('Zoom out'), '-', () => viewport()?.zoom(0.8)),
    image('reset', t('Reset the image'), 'space', () => viewport()?.reset()),
  ];
}

export function stackCommands(stack: Stack): Command[] {
  const page = (id: string, title: string, shortcut: string, run: () => void): Command => ({
    ...image(id, title, shortcut, run),
    isEnabled: () => stack.frameCount > 1,
  });
  const series = (id: string, title: string, shortcut: string, by: number): Command => ({
    ...image(id, title, shortcut, () => stack.showSeries(stack.seriesIndex + by)),
    isEnabled: () => stack.seriesIndex + by >= 0 && stack.seriesIndex + by < stack.seriesCount,
  });
  return [
    page('next', t('Next slice'), 'down', () => viewport()?.page(1)),
    page('previous', t('Previous slice'), 'up', () => viewport()?.page(-1)),
    page('tenOn', t('Ten slices on'), 'pagedown', () => viewport()?.page(10)),
    page('tenBack', t('Ten slices back'), 'pageup', () => viewport()?.page(-10)),
    page('first', t('First slice'), 'home', () => viewport()?.show(0)),
    page('last', t('Last slice'), 'end', () => viewport()?.show(stack.frameCount - 1)),
    series('nextSeries', t('Next series'), 'right', 1),
    series('previousSeries', t('Previous series'), 'left', -1),
    ...windowCommands(stack.windows),
  ];
}

const isSameWindow = (one: GreyWindow, other: GreyWindow): boolean =>
  Math.abs(one.center - other.center) < 1 && Math.abs(one.width - other.width) < 1;

/** The choice after or before the window on screen, round and round. */
export function neighbouringWindow(
  choices: readonly WindowChoice[],
  now: GreyWindow | null,
  by: 1 | -1,
): WindowChoice | undefined {
  const at = choices.findIndex(({ window }) => window && now && isSameWindow(window, now));
  const from = at < 0 && by < 0 ? 0 : at;
  return choices[(from + by + choices.length) % choices.length];
}

function windowCommands(choices: readonly WindowChoice[]): Command[] {
  const turn = (by: 1 | -1) => {
    const choice = neighbouringWindow(choices, useReadout.getState().view?.window ?? null, by);
    if (choice) viewport()?.setWindow(choice.window);
  };
  const isEnabled = () => choices.length > 0;
  return [
    { ...image('nextWindow', t('Next window'), ']', () => turn(1)), isEnabled },
    { ...image('previousWindow', t('Previous window'), '[', () => turn(-1)), isEnabled },
    {
      ...image(
        'ownWindows',
        t('Window by numbers, and windows of my own'),
        'alt+shift+w',
        toggleOwnWindows,
      ),
      isEnabled,
    },
    ...choices.map(({ name, window, shortcut, isOwn }) => ({
      id: isOwn ? `window.own.${name}` : `window.${name}`,
      title: t('Window: {name}', { name: windowTitle(name) }),
      section: IMAGE,
      ...(shortcut ? { shortcut } : {}),
      run: () => viewport()?.setWindow(window),
    })),
  ];
}

export function screenCommands(): Command[] {
  const { arrange } = useReading.getState();
  const toggle = (
    id: string,
    title: string,
    shortcut: string,
    field: 'isTextShown' | 'areToolsShown' | 'isPanelShown' | 'isGuideShown',
  ): Command => ({
    id: `screen.${id}`,
    title,
    section: VIEW,
    shortcut,
    run: () => arrange({ [field]: !useReading.getState()[field] }),
  });
  return [
    toggle('text', t('Text in the corners'), 'o', 'isTextShown'),
    toggle('tools', t('Tools column'), 'shift+t', 'areToolsShown'),
    toggle('panel', t('Right panel'), 'shift+p', 'isPanelShown'),
    toggle('guide', t('Guide to the labels, with examples'), 'f1', 'isGuideShown'),
    {
      id: 'screen.tags',
      title: t('DICOM header of this image'),
      section: VIEW,
      shortcut: 'mod+i',
      worksInFields: true,
      run: () => arrange({ areTagsShown: !useReading.getState().areTagsShown }),
    },
    {
      id: 'marks.hold',
      title: t('Hide all marks while held'),
      section: VIEW,
      shortcut: 'h',
      run: () => arrange({ areMarksHeldHidden: true }),
    },
  ];
}
