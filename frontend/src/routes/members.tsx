/** /projects/$projectId/members */
import { createRoute } from '@tanstack/react-router';
import { Members } from '../features/projects/Members';
import { ProjectPage } from '../features/projects/ProjectPage';
import { requirePermission } from './permission';
import { projectRoute } from './project';

export const membersRoute = createRoute({
  getParentRoute: () => projectRoute,
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
