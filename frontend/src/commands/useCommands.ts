/** Offers commands for as long as a component is mounted. */
import { useEffect } from 'react';
import { type Command, useRegistry } from './registry';

/** `scope` names the screen or panel; `commands` should be memoised by the caller. */
export function useCommands(scope: string, commands: readonly Command[]): void {
  const register = useRegistry((registry) => registry.register);
  const unregister = useRegistry((registry) => registry.unregister);
  useEffect(() => {
    register(scope, commands);
  }, [register, scope, commands]);
  useEffect(() => () => unregister(scope), [unregister, scope]);
}
