/** The root of every URL. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router';
import { NotFound } from './NotFound';
import { PageFailed } from './PageFailed';
import { useWindowTitle } from './titles';

export interface RouteContext {
  client: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouteContext>()({
  component: Titled,
  notFoundComponent: () => (
    <main style={{ padding: 16 }}>
      <NotFound />
    </main>
  ),
  errorComponent: PageFailed,
});

function Titled() {
  useWindowTitle();
  return <Outlet />;
}
