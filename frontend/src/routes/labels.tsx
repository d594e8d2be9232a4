/** /projects/$projectId/labels */
import { createRoute } from '@tanstack/react-router';
import { LabelPage } from '../features/projects/labels/LabelPage';
import { ProjectPage } from '../features/projects/ProjectPage';
import { projectRoute } from './project';

export const labelsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/labels',
  component: Labels,
});

function Labels() {
  const { projectId } = labelsRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>{(project) => <LabelPage project={project} />}</ProjectPage>
  );
}
