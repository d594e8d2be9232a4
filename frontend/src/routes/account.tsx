/** /account */
import { createRoute } from '@tanstack/react-router';
import { AccountPage } from '../features/account/AccountPage';
import { framedRoute } from './framed';

export const accountRoute = createRoute({
  getParentRoute: () => framedRoute,
  path: '/account',
  component: AccountPage,
});
