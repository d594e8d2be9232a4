/** /account */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { t } from '../words/t';
import { framedRoute } from './framed';

const AccountPage = lazyRouteComponent(
  () => import('../features/account/AccountPage'),
  'AccountPage',
);

export const accountRoute = createRoute({
  getParentRoute: () => framedRoute,
  staticData: { title: t('Account') },
  path: '/account',
  component: AccountPage,
});
