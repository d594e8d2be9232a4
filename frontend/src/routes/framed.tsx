/** Around every page but the reading room: rail and top bar. */
import { createRoute, Outlet, useParams } from '@tanstack/react-router';
import { Frame } from '../features/frame/Frame';
import { lastProjectId } from './lastProject';
import { signedInRoute } from './signedIn';

export const framedRoute = createRoute({
  getParentRoute: () => signedInRoute,
  id: 'framed',
  component: Framed,
});

function Framed() {
  const { projectId } = useParams({ strict: false });
  const { session } = framedRoute.useRouteContext();
  return (
    <Frame projectId={projectId ?? lastProjectId(session)}>
      <Outlet />
    </Frame>
  );
}
