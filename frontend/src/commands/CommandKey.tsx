/** The key of a command as it is now: of this screen's commands, and of this person's keys. */
import { KeyCap } from '../ui/KeyCap';
import { useKeymap } from './keymap';
import { activeCommands, shortcutsOf, useRegistry } from './registry';

export function CommandKey({ id }: { readonly id: string }) {
  const scopes = useRegistry((registry) => registry.scopes);
  useKeymap();
  const command = activeCommands(scopes).find((one) => one.id === id);
  const chord = command && shortcutsOf(command)[0];
  return chord ? <KeyCap shortcut={chord} /> : null;
}
