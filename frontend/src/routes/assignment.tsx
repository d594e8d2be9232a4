/** /projects/$projectId/assignment */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ProjectPage } from '../features/projects/ProjectPage';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

const Assignment = lazyRouteComponent(
  () => import('../features/projects/Assignment'),
  'Assignment',
);

export const assignmentRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Assignment') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'manage_project'),
  path: '/assignment',
  component: AssignmentPage,
});

function AssignmentPage() {
  const { projectId } = assignmentRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <Assignment project={project} />}</ProjectPage>
  );
}
