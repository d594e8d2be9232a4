/** /projects/$projectId/rules */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ProjectPage } from '../features/projects/ProjectPage';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

const Rules = lazyRouteComponent(() => import('../features/projects/Rules'), 'Rules');

export const rulesRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Reading and learning rules') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'manage_project'),
  path: '/rules',
  component: RulesPage,
});

function RulesPage() {
  const { projectId } = rulesRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <Rules project={project} />}</ProjectPage>
  );
}
