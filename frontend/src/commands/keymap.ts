/** Which keys a person uses: a preset, and own keys on top; kept with the account. */
import { create } from 'zustand';
import { PRESETS } from './presets';

export interface Keymap {
  readonly preset: string;
  /** Chords by command id, chosen one by one. */
  readonly own: Readonly<Record<string, readonly string[]>>;
}

export const DEFAULT_KEYMAP: Keymap = { preset: 'collimate', own: {} };

interface KeymapStore {
  readonly keymap: Keymap;
  /** Uses it at once in this window; who owns the account keeps it. */
  use(keymap: Keymap): void;
}

export const useKeymap = create<KeymapStore>()((set) => ({
  keymap: DEFAULT_KEYMAP,
  use: (keymap) => set({ keymap }),
}));

/** The chords a person has for a command; undefined where the command's own stand. */
export function mappedChords(id: string, { preset, own }: Keymap): readonly string[] | undefined {
  return own[id] ?? PRESETS.find((one) => one.id === preset)?.keys[id];
}

/** The map with other keys for one command; none at all goes back to the preset's. */
export function withOwnKeys(keymap: Keymap, id: string, chords: readonly string[] | null): Keymap {
  const { [id]: _old, ...rest } = keymap.own;
  return { ...keymap, own: chords ? { ...rest, [id]: chords } : rest };
}
