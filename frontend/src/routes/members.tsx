/** /projects/$projectId/members */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ProjectPage } from '../features/projects/ProjectPage';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

const Members = lazyRouteComponent(() => import('../features/projects/Members'), 'Members');

export const membersRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Members') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'manage_project'),
  path: '/members',
  component: MembersPage,
});

function MembersPage() {
  const { projectId } = membersRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <Members project={project} />}</ProjectPage>
  );
}
