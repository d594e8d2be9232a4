/** /projects */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { framedRoute } from './framed';

export const projectsRoute = createRoute({
  getParentRoute: () => framedRoute,
  path: '/projects',
  component: lazyRouteComponent(() => import('../features/projects/ProjectList'), 'ProjectList'),
});
