/** /projects/$projectId/overview */
import { createRoute } from '@tanstack/react-router';
import { Overview } from '../features/projects/Overview';
import { ProjectPage } from '../features/projects/ProjectPage';
import { projectRoute } from './project';

export const overviewRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/overview',
  component: OverviewPage,
});

function OverviewPage() {
  const { projectId } = overviewRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <Overview project={project} />}</ProjectPage>
  );
}
