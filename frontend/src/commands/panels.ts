/** Palette and help: their code comes when one is first wanted, or before, for who may go offline. */
import { create } from 'zustand';

type Code = typeof import('./HostPanels');

/** Null until it is loaded. */
export const usePanels = create<{ readonly code: Code | null }>(() => ({ code: null }));

/** Null where the server could not be reached; the next press asks again. */
export async function loadPanels(): Promise<Code | null> {
  const code = usePanels.getState().code ?? (await import('./HostPanels').catch(() => null));
  usePanels.setState({ code });
  return code;
}

export async function openPalette(): Promise<void> {
  (await loadPanels())?.showPalette();
}
