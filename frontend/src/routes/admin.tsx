/** /admin/$page: people, jobs, audit; for instance admins. */
import { createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router';
import { ADMIN_PAGES } from '../features/admin/pages';
import { t } from '../words/t';
import { framedRoute } from './framed';
import { NotFound } from './NotFound';

const AdminPage = lazyRouteComponent(() => import('../features/admin/AdminPage'), 'AdminPage');

export const adminRoute = createRoute({
  getParentRoute: () => framedRoute,
  staticData: { title: t('Admin') },
  path: '/admin/$page',
  beforeLoad: ({ context, params }) => {
    const page = ADMIN_PAGES.find((name) => name === params.page);
    if (!context.session.user.is_admin || !page) throw notFound();
    return { page };
  },
  component: Admin,
  notFoundComponent: NotFound,
});

function Admin() {
  return <AdminPage page={adminRoute.useRouteContext().page} />;
}
