/** Marks hidden by holding a key come back when it is let go, or when the window loses focus. */
import { useEffect } from 'react';
import { chordOf } from '../../commands/keyboard';
import { activeCommands, shortcutsOf, useRegistry } from '../../commands/registry';
import { useReading } from './store';

export function useHoldToHide(): void {
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const show = () => {
      const { areMarksHeldHidden, arrange } = useReading.getState();
      if (areMarksHeldHidden) arrange({ areMarksHeldHidden: false });
    };
    const onUp = (event: KeyboardEvent) => isKeyOf('marks.hold', event) && show();
    window.addEventListener('keyup', onUp, { signal });
    window.addEventListener('blur', show, { signal });
    return () => stop.abort();
  }, []);
}

/** Whether a key that was let go is the one of this command, whatever else is still held. */
function isKeyOf(id: string, event: KeyboardEvent): boolean {
  const command = activeCommands(useRegistry.getState().scopes).find((one) => one.id === id);
  const letGo = chordOf(event).split('+').at(-1);
  return (
    command !== undefined && shortcutsOf(command).some((one) => one.split('+').at(-1) === letGo)
  );
}
