/** The worklist in the second window: which case is open in the first, and how another is opened there. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../../api/access';
import type { Command } from '../../commands/registry';
import { t } from '../../words/t';
import { openLink, type SecondLink } from './secondLink';

export const worklistCommand = (run: () => void): Command => ({
  id: 'screen.worklist',
  title: t('Worklist in the second window'),
  section: t('Screen'),
  shortcut: 'alt+shift+j',
  run,
});

/** From the worklist to the images of the case that is read in the first window. */
export const imagesCommand = (isThere: boolean, run: () => void): Command => ({
  id: 'screen.second',
  title: t('Images of the case that is read'),
  section: t('Screen'),
  shortcut: 'alt+j',
  isEnabled: () => isThere,
  run,
});

/** A case that is read in the first window. */
export interface OpenThere {
  readonly projectId: string;
  readonly readId: string;
}

export interface FirstWindow {
  /** Null while no case is open there. */
  readonly open: OpenThere | null;
  /** Opens a case there; one that is open is saved before it is left. Null claims the next one. */
  readonly ask: (projectId: string, readId: string | null) => void;
}

export function useFirstWindow(): FirstWindow {
  const userId = useSession().user.id;
  const link = useRef<SecondLink | null>(null);
  const [open, setOpen] = useState<OpenThere | null>(null);
  useEffect(() => {
    const made = openLink(userId, (told) => {
      if (told.type === 'closed') setOpen(null);
      if (told.type === 'case') setOpen({ projectId: told.projectId, readId: told.readId });
    });
    link.current = made;
    made.tell({ type: 'hello' });
    return () => made.close();
  }, [userId]);
  const isReading = open !== null;
  const ask = useCallback(
    (projectId: string, readId: string | null) => {
      const first = window.opener as Window | null;
      if (isReading && readId) link.current?.tell({ type: 'open', projectId, readId });
      else {
        const path = `/projects/${projectId}/read${readId ? `/${readId}` : ''}`;
        // A window that is opened here is the first one from then on.
        if (!first || first.closed) window.open(path);
        else first.location.assign(path);
      }
      first?.focus();
    },
    [isReading],
  );
  return { open, ask };
}
