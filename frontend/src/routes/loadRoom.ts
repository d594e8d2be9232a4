/** The reading room's code, and a case on its way before any page is drawn. */
import type { QueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../api/access';
import { takeAhead } from '../features/reading/claims';

/** The viewer is large; only who reads loads it. */
export const loadRoom = () => import('../features/reading/ReadingRoom');

const READ = /^\/projects\/([^/]+)\/read(?:\/([^/]+))?\/?$/;

/**
 * On a page that opens in the reading room, everything the first picture needs is asked for at
 * once: the session, then the case and what its study holds, the code and the graphics. Code that
 * begins to run keeps the page from anything else, so the case is asked for before it.
 */
export function startAhead(client: QueryClient, path = window.location.pathname): void {
  const [, projectId, readId] = READ.exec(path) ?? [];
  if (!projectId) return;
  const start = async () => {
    // The page that is drawn says why there is no session.
    const session = await client.ensureQueryData(sessionQuery).catch(() => null);
    const isMember = session?.projects.some(({ id }) => id === projectId);
    const asked = isMember ? takeAhead(projectId, readId ?? null) : null;
    const { firstImage, warmUp } = await loadRoom();
    asked?.then(({ reading }) => firstImage(client, reading)).catch(() => undefined);
    await warmUp();
  };
  start().catch(() => undefined);
}
