/** The reading room's code, and a case on its way before any page is drawn. */
import type { QueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../api/access';
import { takeAhead } from '../features/reading/claims';

/** The viewer is large; only who reads loads it. */
export const loadRoom = () => import('../features/reading/ReadingRoom');

const READ = /^\/projects\/([^/]+)\/read(?:\/([^/]+))?\/?$/;

/**
 * On a page that opens in the reading room, everything the first picture needs is asked for at
 * once: the code, the session, then the case and what its study holds, and the graphics.
 */
export function startAhead(client: QueryClient, path = window.location.pathname): void {
  const [, projectId, readId] = READ.exec(path) ?? [];
  if (!projectId) return;
  loadRoom().then(
    ({ warmUp }) => warmUp(),
    () => undefined,
  );
  client.ensureQueryData(sessionQuery).then(
    (session) => {
      const isMember = session?.projects.some(({ id }) => id === projectId);
      if (isMember) takeAhead(projectId, readId ?? null);
    },
    // The page that is drawn says why.
    () => undefined,
  );
}
