/** /projects/$projectId/members */
import { createRoute } from '@tanstack/react-router';
import { Members } from '../features/projects/Members';
import { ProjectPage } from '../features/projects/ProjectPage';
import { projectRoute } from './project';

export const membersRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/members',
  component: MembersPage,
});

function MembersPage() {
  const { projectId } = membersRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <Members project={project} />}</ProjectPage>
  );
}
