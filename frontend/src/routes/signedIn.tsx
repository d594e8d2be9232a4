/** Around every page that needs a session: keys, palette, help, and the panel to sign in again. */
import { createRoute, Outlet, redirect, useLocation, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { sessionQuery } from '../api/access';
import { useSignInState } from '../api/client';
import { CommandHost } from '../commands/CommandHost';
import { useOwnKeymap, useOwnMouse } from '../features/account/useOwnKeymap';
import { useLanguageCommands } from '../features/account/useOwnLanguage';
import { OutboxPanel } from '../features/reading/OutboxPanel';
import { follow } from '../words/language';
import { rootRoute } from './root';

/** Few sessions end while a page is open; a reader has it before that (`read.tsx`). */
export const loadSignedOut = () => import('../features/sign-in/SignedOutPanel');

const SignedOutPanel = lazy(() =>
  loadSignedOut().then(({ SignedOutPanel: Panel }) => ({ default: Panel })),
);

const READING = /^\/projects\/[^/]+\/(read(\/|$)|worklist\/second$)/;

export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: '/sign-in', search: { back: location.href } });
    // The page is about to be loaded anew: there is nothing to show before.
    if (follow(session.user.preferences.language)) await new Promise(() => undefined);
    return { session };
  },
  component: SignedIn,
});

function SignedIn() {
  const navigate = useNavigate();
  const isSignedOut = useSignInState((state) => state.isSignedOut);
  const keepKeymap = useOwnKeymap();
  const languages = useLanguageCommands();
  const keepMouse = useOwnMouse();
  const isReading = useLocation({ select: ({ pathname }) => READING.test(pathname) });
  return (
    <>
      <Outlet />
      <CommandHost onKeymap={keepKeymap} onMouse={keepMouse} more={languages} />
      <OutboxPanel
        isShown={!isReading}
        onOpen={({ projectId, readId }) =>
          void navigate({ to: `/projects/${projectId}/read/${readId}` })
        }
      />
      {isSignedOut && (
        <Suspense fallback={null}>
          <SignedOutPanel />
        </Suspense>
      )}
    </>
  );
}
