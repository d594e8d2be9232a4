/** The one list of what a user can do now: toolbar, keyboard, palette and help read it. */
import { create } from 'zustand';
import { mappedChords, useKeymap } from './keymap';

export interface Command {
  id: string;
  title: string;
  /** The heading it stands under in the palette and in help. */
  section: string;
  /** One chord such as `w`, `shift+z`, `mod+k`, `enter`, or several that do the same. */
  shortcut?: string | readonly string[];
  /** Absent means: always. A disabled command keeps its key, so that the key does nothing else. */
  isEnabled?: () => boolean;
  /** For commands that switch something: whether it is on now. */
  isOn?: () => boolean;
  /** Works even while the user types in a field; only for chords with a modifier, and Escape. */
  worksInFields?: boolean;
  /** A key held down does it once, where doing it again would go on to something else. */
  isOncePerPress?: boolean;
  run: () => void | Promise<void>;
}

export interface ShortcutConflict {
  shortcut: string;
  ids: string[];
}

interface Registry {
  /** One entry per mounted screen or panel, in the order they were mounted. */
  scopes: ReadonlyMap<string, readonly Command[]>;
  register: (scope: string, commands: readonly Command[]) => void;
  unregister: (scope: string) => void;
}

const MODIFIERS = ['mod', 'ctrl', 'alt', 'shift'];

/** Writes a chord in one way: modifiers in a fixed order, all in lower case. */
export function normaliseShortcut(shortcut: string): string {
  const parts = shortcut
    .toLowerCase()
    .split('+')
    .map((part) => part.trim());
  const key = parts.at(-1) === '' ? '+' : (parts.at(-1) ?? '');
  const held = MODIFIERS.filter((modifier) => parts.slice(0, -1).includes(modifier));
  return [...held, key].join('+');
}

/** The chords of a command: the person's own, the preset's, or those it came with. */
export function shortcutsOf(command: Command, { keymap } = useKeymap.getState()): string[] {
  const chords = mappedChords(command.id, keymap) ?? command.shortcut ?? [];
  return (typeof chords === 'string' ? [chords] : chords).map(normaliseShortcut);
}

/** Chords that more than one of these commands claims. */
export function findConflicts(commands: readonly Command[]): ShortcutConflict[] {
  const claims = new Map<string, string[]>();
  for (const command of commands) {
    for (const shortcut of shortcutsOf(command)) {
      claims.set(shortcut, [...(claims.get(shortcut) ?? []), command.id]);
    }
  }
  return [...claims]
    .filter(([, ids]) => new Set(ids).size > 1)
    .map(([shortcut, ids]) => ({ shortcut, ids }));
}

export const useRegistry = create<Registry>()((set) => ({
  scopes: new Map(),
  register: (scope, commands) =>
    set((state) => ({ scopes: new Map(state.scopes).set(scope, commands) })),
  unregister: (scope) =>
    set((state) => {
      const scopes = new Map(state.scopes);
      scopes.delete(scope);
      return { scopes };
    }),
}));

/** Every command there is now; the screen mounted last comes first. */
export function activeCommands(scopes: ReadonlyMap<string, readonly Command[]>): Command[] {
  return [...scopes.values()].reverse().flat();
}

export function isEnabled(command: Command): boolean {
  return command.isEnabled?.() ?? true;
}
