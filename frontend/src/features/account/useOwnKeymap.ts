/** The keys of whoever is signed in, from the account and back to it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { saveMe, sessionQuery, useSession } from '../../api/access';
import { DEFAULT_KEYMAP, type Keymap, useKeymap } from '../../commands/keymap';

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

const plain = ({ preset, own }: Keymap) => ({
  preset,
  own: Object.fromEntries(Object.entries(own).map(([id, chords]) => [id, [...chords]])),
});
