/** /projects/$projectId/hunts and /hunts/$huntId */
import { createRoute, lazyRouteComponent, useNavigate } from '@tanstack/react-router';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

const HuntPage = lazyRouteComponent(() => import('../features/hunts/HuntPage'), 'HuntPage');

export const huntsRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Places that look alike') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'hunt_findings'),
  path: '/hunts',
  component: () => <Hunts {...huntsRoute.useParams()} huntId={null} />,
});

export const huntRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Places that look alike') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'hunt_findings'),
  path: '/hunts/$huntId',
  component: () => <Hunts {...huntRoute.useParams()} />,
});

function Hunts({ projectId, huntId }: { projectId: string; huntId: string | null }) {
  const { project } = projectRoute.useRouteContext();
  const navigate = useNavigate();
  return (
    <HuntPage
      projectId={projectId}
      projectName={project.name}
      huntId={huntId}
      onRead={(readId) => void navigate({ to: `/projects/${projectId}/read/${readId}` })}
      onHunt={(next) => void navigate({ to: `/projects/${projectId}/hunts/${next}` })}
    />
  );
}
