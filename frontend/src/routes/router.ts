/** Every URL of the application. */
import type { QueryClient } from '@tanstack/react-query';
import { createRouter } from '@tanstack/react-router';
import { accountRoute } from './account';
import { adminRoute } from './admin';
import { assignmentRoute } from './assignment';
import { datasetsRoute } from './datasets';
import { deidentificationRoute } from './deidentification';
import { framedRoute } from './framed';
import { homeRoute } from './home';
import { huntRoute, huntsRoute } from './hunts';
import { labelsRoute } from './labels';
import { learningRoute } from './learning';
import { membersRoute } from './members';
import { overviewRoute } from './overview';
import { projectHomeRoute, projectRoute } from './project';
import { projectsRoute } from './projects';
import { readRoute } from './read';
import { reviewRoute } from './review';
import { rootRoute } from './root';
import { rulesRoute } from './rules';
import { secondRoute } from './second';
import { secondWorklistRoute } from './secondWorklist';
import { signedInRoute } from './signedIn';
import { signInRoute } from './signIn';
import { studiesRoute } from './studies';
import { worklistRoute } from './worklist';

const projectPages = [
  projectHomeRoute,
  worklistRoute,
  overviewRoute,
  labelsRoute,
  rulesRoute,
  deidentificationRoute,
  membersRoute,
  assignmentRoute,
  studiesRoute,
  learningRoute,
  datasetsRoute,
  reviewRoute,
  huntsRoute,
  huntRoute,
] as const;

const routeTree = rootRoute.addChildren([
  signInRoute,
  signedInRoute.addChildren([
    homeRoute,
    readRoute,
    secondRoute,
    secondWorklistRoute,
    framedRoute.addChildren([
      projectsRoute,
      accountRoute,
      adminRoute,
      projectRoute.addChildren(projectPages),
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
