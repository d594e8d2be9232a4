/** The root of every URL. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router';
import { NotFound } from './NotFound';
import { PageFailed } from './PageFailed';

export interface RouteContext {
  client: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouteContext>()({
  component: Outlet,
  notFoundComponent: () => (
    <main style={{ padding: 16 }}>
      <NotFound />
    </main>
  ),
  errorComponent: PageFailed,
});
