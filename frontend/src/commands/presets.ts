/** Sets of keys to start from; what a set does not name keeps the key the command came with. */
import { t } from '../words/t';

export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

/** Keys that OHIF ships with; what they push aside moves to a free key. */
const OHIF: Preset['keys'] = {
  'image.flip': ['h'],
  'image.flipDown': ['v'],
  'image.rotate': ['r'],
  'image.rotateBack': ['l'],
  'image.fit': ['='],
  'image.nextSeries': ['pagedown', 'right'],
  'image.previousSeries': ['pageup', 'left'],
  'image.tenOn': ['shift+down'],
  'image.tenBack': ['shift+up'],
  'marks.hold': ['x'],
  'tool.length': ['d'],
  'planes.mode': ['shift+i'],
  'planes.thicker': ['shift+pageup'],
  'planes.thinner': ['shift+pagedown'],
  'layout.maximise': ['q'],
};

/** Function keys for the image and letters for the hand, as older workstations have them. */
const PACS_FUNCTION_KEYS: Preset['keys'] = {
  'tool.window': ['f2', 'w'],
  'tool.zoom': ['f3', 'z'],
  'tool.pan': ['f4', 'm'],
  'tool.scroll': ['f6', 's'],
  'image.invert': ['f7', 'i'],
  'image.fit': ['f8', 'f'],
  'image.reset': ['f9', 'space'],
  'image.nextWindow': ['f10', ']'],
  'tool.length': ['insert', 'l'],
};

/** The left hand stays on the home row; submit and slices lie under it. */
const PACS_ONE_HAND: Preset['keys'] = {
  'image.next': ['d', 'down'],
  'image.previous': ['e', 'up'],
  'image.tenOn': ['shift+d', 'pagedown'],
  'image.tenBack': ['shift+e', 'pageup'],
  'image.nextSeries': ['f', 'right'],
  'image.previousSeries': ['s', 'left'],
  'image.fit': ['='],
  'tool.scroll': ['t'],
  'planes.crosshair': ['shift+i'],
  'planes.mode': ['shift+m'],
  'planes.thin': ['shift+h'],
  'tool.length': ['q'],
  'case.heat': ['shift+a'],
  'case.submit': ['enter', 'shift+space'],
};

/** For the mouse in the left hand: everything often used lies under the right one. */
const LEFT_HANDED: Preset['keys'] = {
  'tool.window': ['u'],
  'tool.pan': ['m'],
  'tool.zoom': ['o'],
  'tool.scroll': ['j'],
  'tool.box': ['n'],
  'layout.nextViewport': ['q'],
  'planes.toggle': ['shift+i'],
  'tool.polygon': [';'],
  'tool.length': ["'"],
  'image.invert': ['i'],
  'image.rotate': ['p'],
  'image.rotateBack': ['shift+p'],
  'image.fit': ['='],
  'marks.hold': ['h'],
  'screen.text': ['shift+o'],
  'screen.panel': ['\\'],
  'case.accept': ['y'],
  'case.heat': ['l'],
  'case.ai': ['shift+y'],
  'case.reject': ['alt+d'],
};

export const PRESETS: readonly Preset[] = [
  {
    id: 'collimate',
    name: 'Collimate',
    about: t('The keys this application was made with.'),
    keys: {},
  },
  { id: 'ohif', name: 'OHIF', about: t('As the OHIF viewer has them.'), keys: OHIF },
  {
    id: 'pacs-function-keys',
    name: t('PACS, function keys'),
    about: t('F2 to F10 change the image.'),
    keys: PACS_FUNCTION_KEYS,
  },
  {
    id: 'pacs-one-hand',
    name: t('PACS, one hand'),
    about: t('Slices on E and D, series on S and F, the mouse never let go.'),
    keys: PACS_ONE_HAND,
  },
  {
    id: 'left-handed',
    name: t('Mouse in the left hand'),
    about: t('Tools and answers under the right hand.'),
    keys: LEFT_HANDED,
  },
];
