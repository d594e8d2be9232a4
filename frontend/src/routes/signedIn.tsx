/** Around every page that needs a session: keys, palette, help, and the panel to sign in again. */
import { createRoute, Outlet, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/access';
import { CommandHost } from '../commands/CommandHost';
import { SignedOutPanel } from '../features/sign-in/SignedOutPanel';
import { rootRoute } from './root';

export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: '/sign-in', search: { back: location.href } });
    return { session };
  },
  component: SignedIn,
});

function SignedIn() {
  return (
    <>
      <Outlet />
      <CommandHost />
      <SignedOutPanel />
    </>
  );
}
