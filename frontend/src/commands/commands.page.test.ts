import { afterEach, describe, expect, test, vi } from 'vitest';
import { chordOf, commandFor, listenForCommands, takesText } from './keyboard';
import {
  activeCommands,
  type Command,
  findConflicts,
  normaliseShortcut,
  useRegistry,
} from './registry';

const press = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

function command(id: string, shortcut: string, more: Partial<Command> = {}): Command {
  return { id, title: id, section: 'Test', shortcut, run: () => undefined, ...more };
}

afterEach(() => {
  document.body.replaceChildren();
  useRegistry.setState({ scopes: new Map() });
});

describe('chords', () => {
  test('are written in one way', () => {
    expect(normaliseShortcut('Shift + Mod + Z')).toBe('mod+shift+z');
    expect(normaliseShortcut('mod++')).toBe('mod++');
  });

  test('Cmd and Ctrl are the same modifier', () => {
    expect(chordOf(press('k', { ctrlKey: true }))).toBe('mod+k');
    expect(chordOf(press('k', { metaKey: true }))).toBe('mod+k');
  });

  test('a sign says by itself that Shift was held', () => {
    expect(chordOf(press('?', { shiftKey: true }))).toBe('?');
    expect(chordOf(press('Z', { shiftKey: true }))).toBe('shift+z');
    expect(chordOf(press('ArrowUp'))).toBe('up');
  });
});

describe('conflicts', () => {
  test('two commands on one key are found, aliases included', () => {
    const conflicts = findConflicts([
      command('invert', 'i'),
      command('info', 'I'),
      command('pan', 'p'),
    ]);
    expect(conflicts).toEqual([{ shortcut: 'i', ids: ['invert', 'info'] }]);
  });

  test('the same command twice is no conflict', () => {
    expect(findConflicts([command('pan', 'p'), command('pan', 'p')])).toEqual([]);
  });
});

describe('keyboard', () => {
  test('letters typed into a field stay in the field', () => {
    const field = document.body.appendChild(document.createElement('input'));
    expect(takesText(field)).toBe(true);
    expect(commandFor(press('w'), [command('window', 'w')], field)).toBeNull();
    const palette = command('palette', 'mod+k', { worksInFields: true });
    expect(commandFor(press('k', { ctrlKey: true }), [palette], field)).toBe(palette);
  });

  test('a checkbox takes no text, so keys still work on it', () => {
    const box = document.body.appendChild(document.createElement('input'));
    box.type = 'checkbox';
    expect(takesText(box)).toBe(false);
  });

  test('Enter on a focused button presses the button', () => {
    const button = document.body.appendChild(document.createElement('button'));
    expect(commandFor(press('Enter'), [command('submit', 'enter')], button)).toBeNull();
    expect(commandFor(press('1'), [command('one', '1')], button)?.id).toBe('one');
  });

  test('a disabled command swallows its key and does nothing', () => {
    const run = vi.fn();
    const stop = listenForCommands(() => [
      command('undo', 'mod+z', { isEnabled: () => false, run }),
    ]);
    const event = new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, cancelable: true });
    window.dispatchEvent(event);
    stop();
    expect(run).not.toHaveBeenCalled();
    expect(event.defaultPrevented).toBe(true);
  });

  test('a key held down repeats a command, but not one that goes on to something else', () => {
    const [scroll, submit] = [vi.fn(), vi.fn()];
    const stop = listenForCommands(() => [
      command('scroll', 's', { run: scroll }),
      command('submit', 'u', { run: submit, isOncePerPress: true }),
    ]);
    for (const key of ['s', 'u'])
      for (const repeat of [false, true, true])
        window.dispatchEvent(new KeyboardEvent('keydown', { key, repeat }));
    stop();
    expect(scroll).toHaveBeenCalledTimes(3);
    expect(submit).toHaveBeenCalledTimes(1);
  });

  test('the screen mounted last wins a key', () => {
    const { register, unregister } = useRegistry.getState();
    register('frame', [command('go', 'g')]);
    register('reading', [command('grid', 'g')]);
    expect(commandFor(press('g'), activeCommands(useRegistry.getState().scopes))?.id).toBe('grid');
    unregister('reading');
    expect(commandFor(press('g'), activeCommands(useRegistry.getState().scopes))?.id).toBe('go');
  });
});
