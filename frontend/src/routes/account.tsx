/** /account */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { framedRoute } from './framed';

const AccountPage = lazyRouteComponent(
  () => import('../features/account/AccountPage'),
  'AccountPage',
);

export const accountRoute = createRoute({
  getParentRoute: () => framedRoute,
  path: '/account',
  component: AccountPage,
});
