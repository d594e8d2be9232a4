/** / leads to where this person works. */
import { createRoute, redirect } from '@tanstack/react-router';
import { homeOf, lastProjectId } from './lastProject';
import { signedInRoute } from './signedIn';

export const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  beforeLoad: ({ context }) => {
    const projectId = lastProjectId(context.session);
    throw redirect({ to: projectId ? homeOf(context.session, projectId) : '/projects' });
  },
});
