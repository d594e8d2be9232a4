/** /projects/$projectId/datasets */
import { createRoute } from '@tanstack/react-router';
import { DatasetsPage } from '../features/datasets/DatasetsPage';
import { requirePermission } from './permission';
import { projectRoute } from './project';

export const datasetsRoute = createRoute({
  getParentRoute: () => projectRoute,
  beforeLoad: ({ context }) => requirePermission(context.project, 'see_studies'),
  path: '/datasets',
  component: Datasets,
});

function Datasets() {
  const { projectId } = datasetsRoute.useParams();
  const { project } = datasetsRoute.useRouteContext();
  return <DatasetsPage projectId={projectId} projectName={project.name} />;
}
