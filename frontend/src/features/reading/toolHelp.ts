/** What the mouse does with the tool in hand, by the reader's own map of buttons. */
import {
  type Actions,
  DRAGS,
  type Gesture,
  gestureInText,
  type MouseAction,
} from '../../ui/mouseMap';
import type { ViewportTool } from '../../viewer/Viewport';
import { t } from '../../words/t';

const PROMPTING = t('⏎ accepts · Esc rejects · A S D F kind of prompt');

const HELP: Readonly<Record<ViewportTool, string>> = {
  window: t('drag: window'),
  pan: t('drag: pan'),
  zoom: t('drag: zoom'),
  scroll: t('drag: slices'),
  crosshair: t('drag: place · round grips: turn the planes · shift and move: look along'),
  point: t('click // with the mouse'),
  length: t('drag or two clicks · Esc gives up'),
  bidirectional: t('drag the long axis, then click where the short one ends · Esc gives up'),
  angle: t('three clicks: arm, corner, arm · ⌫ takes one back · Esc gives up'),
  cobb: t('drag a line along each end plate · ⌫ takes one back · Esc gives up'),
  box: t('drag or two clicks · Esc gives up'),
  circle: t('drag from the middle · Esc gives up'),
  ellipse: t('drag from corner to corner · Esc gives up'),
  polygon: t(
    'click corners or trace · ⏎ closes · ⌫ takes one back · alt+click on a node removes it',
  ),
  livewire: t(
    'click along an edge, the line snaps to it · ⏎ or the first place closes · ⌫ takes the last place back',
  ),
  freehand: t('trace with the button held · Esc gives up'),
  spline: t('click nodes · ⏎ closes · ⌫ takes one back · alt+click on a node removes it'),
  brush: t('drag paints · Alt ↑ ↓ size · Alt S through slices'),
  edge: t('drag paints what is like the pixel under it · Alt ↑ ↓ size'),
  eraser: t('drag erases · Alt ↑ ↓ size · Alt S through slices'),
  scissors: t('trace around · Alt S through slices'),
  grow: t('click: what is joined and alike · Alt S through slices'),
  fill: t('click a hole'),
  promptPoint: t('click · {others}', { others: PROMPTING }),
  promptScribble: t('drag · {others}', { others: PROMPTING }),
  promptBox: t('drag around · {others}', { others: PROMPTING }),
  promptLasso: t('trace around · {others}', { others: PROMPTING }),
  polyline: t('click nodes or trace · ⏎ ends · ⌫ takes one back · Esc gives up'),
};

const DENYING = t('{gestures}: denies');

/** What the buttons that erase do with a tool. */
const ERASING: Readonly<Partial<Record<ViewportTool, string>>> = {
  brush: t('{gestures}: erases'),
  edge: t('{gestures}: erases'),
  scissors: t('{gestures}: cuts out'),
  grow: t('{gestures}: takes out'),
  fill: t('{gestures}: removes a part'),
  promptPoint: DENYING,
  promptScribble: DENYING,
  promptBox: DENYING,
  promptLasso: DENYING,
};

/** What the buttons beside the tool do; the image is not drawn on. */
const MOVING: Readonly<Partial<Record<MouseAction, string>>> = {
  window: t('{gesture}: window'),
  pan: t('{gesture}: pan'),
  zoom: t('{gesture}: zoom'),
  'zoom-or-erase': t('{gesture}: zoom'),
  scroll: t('{gesture}: slices'),
  'scroll-ten': t('{gesture}: ten slices'),
};

const NAVIGATION: readonly ViewportTool[] = ['window', 'pan', 'zoom', 'scroll'];
const PLAIN: readonly Gesture[] = ['left', 'right', 'middle', 'wheel'];

/** The gestures that erase or deny, at most two; empty where the map has none. */
export function erasingGestures(actions: Actions): string {
  const erases = (gesture: Gesture) => ['erase', 'zoom-or-erase'].includes(actions[gesture]);
  return DRAGS.filter(erases).slice(0, 2).map(gestureInText).join(' / ');
}

/** What the other buttons and the wheel do while one of them moves the image. */
function otherButtons(tool: ViewportTool, actions: Actions): string[] {
  return PLAIN.flatMap((gesture) => {
    const does = MOVING[actions[gesture]];
    return does && does !== MOVING[tool as MouseAction]
      ? [does.replace('{gesture}', gestureInText(gesture))]
      : [];
  });
}

export function toolHelp(tool: ViewportTool, actions: Actions): string {
  const holder = DRAGS.find((gesture) => actions[gesture] === 'tool');
  const words = holder && holder !== 'left' ? [gestureInText(holder)] : [];
  words.push(HELP[tool]);
  if (NAVIGATION.includes(tool)) words.push(...otherButtons(tool, actions));
  const [erasing, gestures] = [ERASING[tool], erasingGestures(actions)];
  if (erasing && gestures) words.push(erasing.replace('{gestures}', gestures));
  return words.join(' · ');
}

const IN_SPACE = t('drag: turn · wheel: zoom · Alt L look · Alt H see through');

/** In 3D only scissors do anything but move the picture. */
export function volumeHelp(tool: ViewportTool, actions: Actions): string {
  if (tool !== 'scissors') return IN_SPACE;
  const words = [t('trace around: cuts away what is inside')];
  const gestures = erasingGestures(actions);
  if (gestures) words.push(t('{gestures}: what is outside', { gestures }));
  const turning = DRAGS.find((gesture) => actions[gesture] === 'window');
  if (turning) words.push(t('{gesture}: turn', { gesture: gestureInText(turning) }));
  return words.join(' · ');
}
