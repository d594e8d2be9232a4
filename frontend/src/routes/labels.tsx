/** /projects/$projectId/labels */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ProjectPage } from '../features/projects/ProjectPage';
import { t } from '../words/t';
import { projectRoute } from './project';

const LabelPage = lazyRouteComponent(
  () => import('../features/projects/labels/LabelPage'),
  'LabelPage',
);

export const labelsRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Labels') },
  path: '/labels',
  component: Labels,
});

function Labels() {
  const { projectId } = labelsRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <LabelPage project={project} />}</ProjectPage>
  );
}
