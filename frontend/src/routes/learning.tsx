/** /projects/$projectId/learning */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

const LearningPage = lazyRouteComponent(
  () => import('../features/learning/LearningPage'),
  'LearningPage',
);

export const learningRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Learning') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'see_learning'),
  path: '/learning',
  component: Learning,
});

function Learning() {
  const { projectId } = learningRoute.useParams();
  const { project } = learningRoute.useRouteContext();
  return <LearningPage projectId={projectId} projectName={project.name} />;
}
