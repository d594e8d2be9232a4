/** Around every page but the reading room: rail and top bar. */
import { createRoute, Outlet, useParams } from '@tanstack/react-router';
import { Suspense } from 'react';
import { Frame } from '../features/frame/Frame';
import { SkeletonRows } from '../ui/Loaded';
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
      <Suspense fallback={<SkeletonRows count={8} />}>
        <Outlet />
      </Suspense>
    </Frame>
  );
}
