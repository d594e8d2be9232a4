/** /projects */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { t } from '../words/t';
import { framedRoute } from './framed';

export const projectsRoute = createRoute({
  getParentRoute: () => framedRoute,
  staticData: { title: t('Projects') },
  path: '/projects',
  component: lazyRouteComponent(() => import('../features/projects/ProjectList'), 'ProjectList'),
});
