/** /projects/$projectId/rules */
import { createRoute } from '@tanstack/react-router';
import { ProjectPage } from '../features/projects/ProjectPage';
import { Rules } from '../features/projects/Rules';
import { projectRoute } from './project';

export const rulesRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/rules',
  component: RulesPage,
});

function RulesPage() {
  const { projectId } = rulesRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <Rules project={project} />}</ProjectPage>
  );
}
