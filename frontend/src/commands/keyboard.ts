/** Turns key presses into commands, and leaves fields alone. */
import { type Command, isEnabled, shortcutsOf } from './registry';

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const KEY_OF: Record<string, string> = {
  ' ': 'space',
  arrowup: 'up',
  arrowdown: 'down',
  arrowleft: 'left',
  arrowright: 'right',
  esc: 'escape',
};

/** Elements that use Enter and Space themselves. */
const PRESSABLE = 'button, a[href], summary, [role="button"], [role="menuitem"], [role="option"]';
const EDITABLE =
  'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="textbox"]';
const NOT_TYPED = ['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'file', 'color'];

/** The chord of a key press as the registry writes it; `mod` is Ctrl, or Cmd on a Mac. */
export function chordOf(press: Press): string {
  const lower = press.key.toLowerCase();
  const key = KEY_OF[lower] ?? lower;
  // A sign such as `?` already says that Shift was held; a letter or a named key does not.
  const isSign = key.length === 1 && !/[a-z]/.test(key);
  const held = [
    press.ctrlKey || press.metaKey ? 'mod' : '',
    press.altKey ? 'alt' : '',
    press.shiftKey && !isSign ? 'shift' : '',
  ].filter(Boolean);
  return [...held, key].join('+');
}

/** True when the element takes typed text, so that letters belong to it. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const field = target.closest(EDITABLE);
  if (!field) return false;
  return !(field instanceof HTMLInputElement && NOT_TYPED.includes(field.type));
}

/** The command this press means, if any; the first in the list wins. */
export function commandFor(
  press: Press,
  commands: readonly Command[],
  target: EventTarget | null = null,
): Command | null {
  const chord = chordOf(press);
  const inField = takesText(target);
  const keepsKey =
    (chord === 'enter' || chord === 'space') &&
    target instanceof Element &&
    target.closest(PRESSABLE) !== null;
  if (keepsKey) return null;
  const found = commands.find((command) => shortcutsOf(command).includes(chord));
  if (!found || (inField && !found.worksInFields)) return null;
  return found;
}

/** Listens on the window; returns what stops the listening. */
export function listenForCommands(current: () => readonly Command[]): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = commandFor(event, current(), event.target);
    if (!command) return;
    event.preventDefault();
    if (event.repeat && command.isOncePerPress) return;
    if (isEnabled(command)) void command.run();
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}
