/** The keys and the mouse of whoever is signed in, from the account and back to it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { saveMe, sessionQuery, useSession } from '../../api/access';
import { DEFAULT_KEYMAP, type Keymap, useKeymap } from '../../commands/keymap';
import { DEFAULT_MOUSE, type MouseMap, useMouse } from '../../ui/mouseMap';

/** Answers what keeps a changed map with the account. */
export function useOwnKeymap(): (keymap: Keymap) => Promise<unknown> {
  const client = useQueryClient();
  const { keymap } = useSession().user.preferences;
  useEffect(() => useKeymap.getState().use(keymap ?? DEFAULT_KEYMAP), [keymap]);
  const save = useMutation({
    mutationFn: (next: Keymap) => saveMe({ preferences: { keymap: plain(next) } }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  return save.mutateAsync;
}

/** The mouse of whoever is signed in; answers what keeps a changed map with the account. */
export function useOwnMouse(): (map: MouseMap) => Promise<unknown> {
  const client = useQueryClient();
  const { mouse } = useSession().user.preferences;
  useEffect(() => useMouse.getState().use(mouse ?? DEFAULT_MOUSE), [mouse]);
  const save = useMutation({
    mutationFn: (next: MouseMap) => saveMe({ preferences: { mouse: next } }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  return save.mutateAsync;
}

const plain = ({ preset, own }: Keymap) => ({
  preset,
  own: Object.fromEntries(Object.entries(own).map(([id, chords]) => [id, [...chords]])),
});
