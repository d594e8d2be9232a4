/** Every URL of the application. */
import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { framedRoute } from './framed';
import { homeRoute } from './home';
import { membersRoute } from './members';
import { overviewRoute } from './overview';
import { projectHomeRoute, projectRoute } from './project';
import { projectsRoute } from './projects';
import { rootRoute } from './root';
import { signedInRoute } from './signedIn';
import { signInRoute } from './signIn';
import { worklistRoute } from './worklist';

const routeTree = rootRoute.addChildren([
  signInRoute,
  signedInRoute.addChildren([
    homeRoute,
    framedRoute.addChildren([
      projectsRoute,
      projectRoute.addChildren([projectHomeRoute, worklistRoute, overviewRoute, membersRoute]),
    ]),
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({ routeTree, context: { client }, defaultPreload: false });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
