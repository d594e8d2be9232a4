/** What a button, the wheel, a pen or a finger does on the image: a person's own map, and sets. */
import { create } from 'zustand';
import { t } from '../words/t';

export const DRAG_ACTIONS = [
  'tool',
  'window',
  'pan',
  'zoom',
  'scroll',
  'erase',
  'zoom-or-erase',
  'none',
] as const;
export type DragAction = (typeof DRAG_ACTIONS)[number];

export const WHEEL_ACTIONS = ['scroll', 'scroll-ten', 'zoom', 'none'] as const;
export type WheelAction = (typeof WHEEL_ACTIONS)[number];

export const FINGER_ACTIONS = ['scroll', 'pan', 'window', 'tool', 'none'] as const;

export type MouseAction = DragAction | WheelAction;

export const ACTION_NAMES: Readonly<Record<MouseAction, string>> = {
  tool: t('The tool in hand'),
  window: t('Window and level'),
  pan: t('Pan'),
  zoom: t('Zoom'),
  scroll: t('Scroll slices'),
  'scroll-ten': t('Scroll ten slices'),
  erase: t('Erase with the brush'),
  'zoom-or-erase': t('Zoom; with a brush erase'),
  none: t('Nothing'),
};

const BUTTONS = ['left', 'middle', 'right'] as const;
const MODIFIERS = ['', 'shift+', 'ctrl+'] as const;
type Modifier = (typeof MODIFIERS)[number];
export type DragGesture = `${Modifier}${(typeof BUTTONS)[number]}`;
export type WheelGesture = `${Modifier}wheel`;
export type FingerGesture = 'finger' | 'three-fingers';
export type Gesture = DragGesture | WheelGesture | FingerGesture;

export const DRAGS: readonly DragGesture[] = BUTTONS.flatMap((button) =>
  MODIFIERS.map((held): DragGesture => `${held}${button}`),
);
export const WHEELS: readonly WheelGesture[] = MODIFIERS.map(
  (held): WheelGesture => `${held}wheel`,
);
export const FINGERS: readonly FingerGesture[] = ['finger', 'three-fingers'];
export const GESTURES: readonly Gesture[] = [...DRAGS, ...WHEELS, ...FINGERS];

export type Actions = Readonly<Record<Gesture, MouseAction>>;

const BASE: Actions = {
  left: 'tool',
  'shift+left': 'erase',
  'ctrl+left': 'window',
  middle: 'pan',
  'shift+middle': 'scroll',
  'ctrl+middle': 'zoom',
  right: 'zoom-or-erase',
  'shift+right': 'zoom',
  'ctrl+right': 'pan',
  wheel: 'scroll',
  'shift+wheel': 'scroll-ten',
  'ctrl+wheel': 'zoom',
  finger: 'scroll',
  'three-fingers': 'window',
};

export interface MousePreset {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly actions: Actions;
}

export const MOUSE_PRESETS: readonly MousePreset[] = [
  {
    id: 'collimate',
    name: 'Collimate',
    about: t('Right zooms and, with a brush, erases.'),
    actions: BASE,
  },
  {
    id: 'ohif',
    name: 'OHIF',
    about: t('As the OHIF viewer has it: middle pans, right zooms, the wheel scrolls.'),
    actions: { ...BASE, 'shift+middle': 'none', right: 'zoom' },
  },
  {
    id: 'pacs-right-window',
    name: t('PACS, window on the right'),
    about: t('Right changes the window, middle zooms, Ctrl and left pans.'),
    actions: {
      ...BASE,
      'ctrl+left': 'pan',
      middle: 'zoom',
      right: 'window',
      'shift+right': 'erase',
    },
  },
  {
    id: 'pacs-drag-scroll',
    name: t('PACS, scroll by dragging'),
    about: t('Right scrolls, middle changes the window, the wheel zooms.'),
    actions: {
      ...BASE,
      middle: 'window',
      'shift+middle': 'pan',
      right: 'scroll',
      'shift+right': 'zoom-or-erase',
      wheel: 'zoom',
      'ctrl+wheel': 'scroll',
    },
  },
  {
    id: 'left-handed',
    name: t('Mouse in the left hand'),
    about: t('Left and right change places: the right button has the tool.'),
    actions: {
      ...BASE,
      left: 'zoom-or-erase',
      'shift+left': 'zoom',
      'ctrl+left': 'pan',
      right: 'tool',
      'shift+right': 'erase',
      'ctrl+right': 'window',
    },
  },
];

export interface MouseMap {
  readonly preset: string;
  /** Chosen one by one, on top of the set. */
  readonly own: Readonly<Partial<Record<Gesture, MouseAction>>>;
}

export const DEFAULT_MOUSE: MouseMap = { preset: 'collimate', own: {} };

export const choicesFor = (gesture: Gesture): readonly MouseAction[] => {
  if (gesture.endsWith('wheel')) return WHEEL_ACTIONS;
  return gesture.includes('finger') ? FINGER_ACTIONS : DRAG_ACTIONS;
};

/** What every gesture does; words that are not known here (an older page) fall back to the set. */
export function actionsOf({ preset, own }: MouseMap): Actions {
  const base = MOUSE_PRESETS.find(({ id }) => id === preset)?.actions ?? BASE;
  const known = Object.entries(own).filter(
    ([gesture, action]) =>
      GESTURES.some((one) => one === gesture) &&
      action !== undefined &&
      choicesFor(gesture as Gesture).includes(action),
  );
  return { ...base, ...Object.fromEntries(known) };
}

/** What can no longer be done with a map, in sentences; a map that lacks the tool is refused. */
export function mouseProblems(actions: Actions): { text: string; isRefused: boolean }[] {
  const has = (gestures: readonly Gesture[], ...wanted: MouseAction[]) =>
    gestures.some((gesture) => wanted.includes(actions[gesture]));
  const problems: { text: string; isRefused: boolean }[] = [];
  const lacks = (text: string, isRefused = false) => problems.push({ text, isRefused });
  if (!has(DRAGS, 'tool'))
    lacks(t('No button has the tool in hand: nothing could be drawn.'), true);
  if (!has([...DRAGS, ...WHEELS], 'scroll')) lacks(t('Neither wheel nor button scrolls slices.'));
  if (!has(DRAGS, 'window')) lacks(t('No button changes the window; the tool for it still does.'));
  return problems;
}

interface MouseStore {
  readonly map: MouseMap;
  readonly actions: Actions;
  /** Uses it at once in this window; who owns the account keeps it. */
  use(map: MouseMap): void;
}

export const useMouse = create<MouseStore>()((set) => ({
  map: DEFAULT_MOUSE,
  actions: actionsOf(DEFAULT_MOUSE),
  use: (map) => set({ map, actions: actionsOf(map) }),
}));

export interface Held {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

const modifierOf = ({ shiftKey, ctrlKey, metaKey }: Held): Modifier => {
  if (shiftKey) return 'shift+';
  return ctrlKey || metaKey ? 'ctrl+' : '';
};

/** The buttons of a pen: its tip, the button on its side, the rubber at its other end. */
const PEN: Readonly<Record<number, DragAction>> = { 0: 'tool', 2: 'zoom-or-erase', 5: 'erase' };

/** What pressing this button of this pointer does. Fingers come here only with the tool. */
export function pressAction(
  event: Held & { readonly button: number; readonly pointerType?: string },
  { actions } = useMouse.getState(),
): MouseAction {
  if (event.pointerType === 'pen') return PEN[event.button] ?? 'none';
  if (event.pointerType === 'touch') return actions.finger;
  const button = BUTTONS[event.button];
  return button ? actions[`${modifierOf(event)}${button}`] : 'none';
}

export function wheelAction(event: Held, { actions } = useMouse.getState()): MouseAction {
  return actions[`${modifierOf(event)}wheel`];
}

const PLAIN_NAMES: Readonly<Record<string, string>> = {
  left: t('Left button'),
  middle: t('Middle button'),
  right: t('Right button'),
  wheel: t('Wheel'),
  finger: t('One finger'),
  'three-fingers': t('Three fingers'),
};

/** The same as they stand in a sentence. */
const NAMES_IN_TEXT: Readonly<Record<string, string>> = {
  left: t('left button'),
  middle: t('middle button'),
  right: t('right button'),
  wheel: t('wheel'),
};

export const gestureName = (gesture: Gesture): string => named(gesture, PLAIN_NAMES);

export const gestureInText = (gesture: Gesture): string => named(gesture, NAMES_IN_TEXT);

function named(gesture: Gesture, names: Readonly<Record<string, string>>): string {
  const held = MODIFIERS.find((one) => one !== '' && gesture.startsWith(one)) ?? '';
  const button = names[gesture.slice(held.length)] ?? gesture;
  if (held === 'shift+') return t('Shift + {button}', { button });
  return held === 'ctrl+' ? t('Ctrl + {button}', { button }) : button;
}
