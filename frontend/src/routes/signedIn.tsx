/** Around every page that needs a session: keys, palette, help, and the panel to sign in again. */
import { createRoute, Outlet, redirect, useLocation, useNavigate } from '@tanstack/react-router';
import { sessionQuery } from '../api/access';
import { CommandHost } from '../commands/CommandHost';
import { useOwnKeymap, useOwnMouse } from '../features/account/useOwnKeymap';
import { useLanguageCommands } from '../features/account/useOwnLanguage';
import { OutboxPanel } from '../features/reading/OutboxPanel';
import { SignedOutPanel } from '../features/sign-in/SignedOutPanel';
import { follow } from '../words/language';
import { rootRoute } from './root';

const READING = /^\/projects\/[^/]+\/read(\/|$)/;

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
      <SignedOutPanel />
    </>
  );
}
