/** /projects/$projectId: members only, and the entry that leads to where a person works. */
import { createRoute, notFound, Outlet, redirect } from '@tanstack/react-router';
import { framedRoute } from './framed';
import { homeOf, rememberProject } from './lastProject';
import { NotFound } from './NotFound';

export const projectRoute = createRoute({
  getParentRoute: () => framedRoute,
  path: '/projects/$projectId',
  beforeLoad: ({ context, params }) => {
    const project = context.session.projects.find((one) => one.id === params.projectId);
    if (!project) throw notFound();
    rememberProject(project.id);
    return { project };
  },
  component: Outlet,
  notFoundComponent: NotFound,
});

export const projectHomeRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/',
  beforeLoad: ({ context, params }) => {
    throw redirect({ to: homeOf(context.session, params.projectId) });
  },
});
