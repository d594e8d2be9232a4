/** /projects/$projectId/datasets */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

const DatasetsPage = lazyRouteComponent(
  () => import('../features/datasets/DatasetsPage'),
  'DatasetsPage',
);

export const datasetsRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Datasets') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'see_studies'),
  path: '/datasets',
  component: Datasets,
});

function Datasets() {
  const { projectId } = datasetsRoute.useParams();
  const { project } = datasetsRoute.useRouteContext();
  return <DatasetsPage projectId={projectId} projectName={project.name} />;
}
