import { describe, expect, test } from 'vitest';
import {
  actionsOf,
  choicesFor,
  DEFAULT_MOUSE,
  GESTURES,
  MOUSE_PRESETS,
  type MouseMap,
  mouseProblems,
  pressAction,
  wheelAction,
} from './mouseMap';

const press = (button: number, held: Partial<KeyboardEvent> = {}, pointerType = 'mouse') => ({
  ...{ button, pointerType, shiftKey: false, ctrlKey: false, metaKey: false },
  ...held,
});
const on = (map: MouseMap) => ({ actions: actionsOf(map) }) as Parameters<typeof pressAction>[1];

describe('the mouse map', () => {
  test.each(MOUSE_PRESETS.map(({ id }) => id))('%s can draw, scroll and window', (preset) => {
    const actions = actionsOf({ preset, own: {} });
    expect(mouseProblems(actions)).toEqual([]);
    for (const gesture of GESTURES) expect(choicesFor(gesture)).toContain(actions[gesture]);
  });

  test('a map without the tool in hand is refused, one that cannot scroll is told so', () => {
    const own = {
      left: 'pan',
      wheel: 'zoom',
      'ctrl+wheel': 'none',
      'shift+middle': 'none',
    } as const;
    const problems = mouseProblems(actionsOf({ preset: 'collimate', own }));
    expect(problems.map(({ isRefused }) => isRefused)).toEqual([true, false]);
  });

  test('what another version kept and is not known here falls back to the set', () => {
    const own = { left: 'explode', 'triple+left': 'pan' } as unknown as MouseMap['own'];
    expect(actionsOf({ preset: 'gone', own })).toEqual(actionsOf(DEFAULT_MOUSE));
  });

  test('a press means what its button and the key held with it were given', () => {
    const left = on({ preset: 'left-handed', own: {} });
    expect(pressAction(press(2), left)).toBe('tool');
    expect(pressAction(press(0), left)).toBe('zoom-or-erase');
    expect(pressAction(press(2, { ctrlKey: true }), left)).toBe('window');
    expect(pressAction(press(3), left)).toBe('none');
    expect(wheelAction(press(0, { metaKey: true }), on(DEFAULT_MOUSE))).toBe('zoom');
  });

  test('a pen draws with its tip and erases with its rubber, whatever the mouse does', () => {
    const left = on({ preset: 'left-handed', own: {} });
    expect(pressAction(press(0, {}, 'pen'), left)).toBe('tool');
    expect(pressAction(press(5, {}, 'pen'), left)).toBe('erase');
  });
});
