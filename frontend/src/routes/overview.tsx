/** /projects/$projectId/overview */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ProjectPage } from '../features/projects/ProjectPage';
import { t } from '../words/t';
import { projectRoute } from './project';

const Overview = lazyRouteComponent(() => import('../features/projects/Overview'), 'Overview');

export const overviewRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Overview') },
  path: '/overview',
  component: OverviewPage,
});

function OverviewPage() {
  const { projectId } = overviewRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <Overview project={project} />}</ProjectPage>
  );
}
