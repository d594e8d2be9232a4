/** /projects/$projectId/learning */
import { createRoute } from '@tanstack/react-router';
import { LearningPage } from '../features/learning/LearningPage';
import { requirePermission } from './permission';
import { projectRoute } from './project';

export const learningRoute = createRoute({
  getParentRoute: () => projectRoute,
  beforeLoad: ({ context }) => requirePermission(context.project, 'see_learning'),
  path: '/learning',
  component: Learning,
});

function Learning() {
  const { projectId } = learningRoute.useParams();
  const { project } = learningRoute.useRouteContext();
  return <LearningPage projectId={projectId} projectName={project.name} />;
}
