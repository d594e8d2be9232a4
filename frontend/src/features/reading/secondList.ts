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

/** There is no window to read in any more. */
export const reopenCommand = (isAway: boolean, run: () => void): Command => ({
  id: 'screen.first',
  title: t('Open the reading room again'),
  section: t('Screen'),
  isEnabled: () => isAway,
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
  /** Why nothing can be read there: it was closed, and a new one may be blocked. Else null. */
  readonly absence: 'closed' | 'blocked' | null;
  /** Opens a case there; one that is open is saved before it is left. Null claims the next one. */
  readonly ask: (projectId: string, readId: string | null) => void;
}

/** No event tells that another window was closed. */
const LOOK_MS = 500;

export function useFirstWindow(): FirstWindow {
  const userId = useSession().user.id;
  const link = useRef<SecondLink | null>(null);
  const first = useRef(window.opener as Window | null);
  const [open, setOpen] = useState<OpenThere | null>(null);
  const [absence, setAbsence] = useState<FirstWindow['absence']>(null);
  useEffect(() => {
    const look = () => {
      const isThere = first.current !== null && !first.current.closed;
      if (!isThere && first.current) setOpen(null);
      setAbsence((before) => (isThere ? null : (before ?? 'closed')));
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
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
      if (isReading && readId) link.current?.tell({ type: 'open', projectId, readId });
      else {
        const path = `/projects/${projectId}/read${readId ? `/${readId}` : ''}`;
        if (first.current && !first.current.closed) first.current.location.assign(path);
        else {
          // A window that is opened here is the first one from then on.
          first.current = window.open(path);
          setAbsence(first.current ? null : 'blocked');
        }
      }
      first.current?.focus();
    },
    [isReading],
  );
  return { open, absence: open ? null : absence, ask };
}
