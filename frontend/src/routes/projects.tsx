/** /projects */
import { createRoute } from '@tanstack/react-router';
import { ProjectList } from '../features/projects/ProjectList';
import { framedRoute } from './framed';

export const projectsRoute = createRoute({
  getParentRoute: () => framedRoute,
  path: '/projects',
  component: ProjectList,
});
