import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { useMouse } from '../ui/mouseMap';
import { HelpPanel } from './HelpPanel';
import { commandFor } from './keyboard';
import { DEFAULT_KEYMAP, useKeymap } from './keymap';
import type { Command } from './registry';

const command = (id: string, title: string, shortcut: string): Command => ({
  id,
  title,
  section: 'Image',
  shortcut,
  run: () => undefined,
});

const COMMANDS = [
  command('image.invert', 'Invert', 'i'),
  command('image.flip', 'Mirror', 'v'),
  command('tool.window', 'Window and level', 'w'),
  command('label.nodule', 'Nodule', '4'),
];

const press = (key: string) => fireEvent.keyDown(window, { key });
const runs = (key: string) => {
  const held = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return commandFor({ key, ...held }, COMMANDS)?.id;
};

const kept = () => Promise.resolve();

function show(onKeymap = vi.fn(kept), onMouse = vi.fn(kept)) {
  const props = { commands: COMMANDS, isOpen: true, onClose: () => undefined };
  render(
    <MantineProvider>
      <HelpPanel {...props} onKeymap={onKeymap} onMouse={onMouse} />
    </MantineProvider>,
  );
  return onKeymap;
}

const change = (title: string) =>
  fireEvent.click(screen.getByRole('button', { name: `Change the key of ${title}` }));

beforeEach(() => useKeymap.getState().use(DEFAULT_KEYMAP));

test('the next key pressed becomes the key of the command, here and with the account', () => {
  const onKeymap = show();
  change('Invert');
  press('n');
  expect(runs('n')).toBe('image.invert');
  expect(runs('i')).toBeUndefined();
  const keymap = { preset: 'collimate', own: { 'image.invert': ['n'] } };
  expect(onKeymap).toHaveBeenCalledWith(keymap);
});

test('a key that is taken is refused, and says by what', () => {
  const onKeymap = show();
  change('Invert');
  press('v');
  expect(screen.getByText(/V is the key of “Mirror”/)).toBeTruthy();
  press('4');
  expect(screen.getByText(/4 is the key of “Nodule”/)).toBeTruthy();
  press('Escape');
  expect(onKeymap).not.toHaveBeenCalled();
  expect(runs('i')).toBe('image.invert');
});

test('a set of keys applies at once, and own keys stand on top of it', () => {
  useKeymap.getState().use({ preset: 'ohif', own: { 'image.invert': ['n'] } });
  show();
  expect(runs('h')).toBe('image.flip');
  expect(runs('n')).toBe('image.invert');
  fireEvent.click(screen.getByRole('button', { name: 'Give up my own keys (1)' }));
  expect(runs('i')).toBe('image.invert');
});

test('keys of labels are those of the project', () => {
  show();
  expect(screen.queryByRole('button', { name: 'Change the key of Nodule' })).toBeNull();
});

test('keys that could not be kept with the account still work, and it is said', async () => {
  show(vi.fn(() => Promise.reject(new Error('away'))));
  change('Mirror');
  press('n');
  expect(runs('n')).toBe('image.flip');
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('could not be kept'));
});

test('a button does what was chosen for it, and the tool in hand cannot be given up', () => {
  const onMouse = vi.fn(kept);
  show(undefined, onMouse);
  const choose = (gesture: string, value: string) =>
    fireEvent.change(screen.getByLabelText(gesture), { target: { value } });
  choose('Middle button', 'window');
  expect(useMouse.getState().actions.middle).toBe('window');
  expect(onMouse).toHaveBeenCalledWith({ preset: 'collimate', own: { middle: 'window' } });
  choose('Left button', 'pan');
  expect(screen.getByRole('alert').textContent).toContain('nothing could be drawn');
  expect(useMouse.getState().actions.left).toBe('tool');
});
