/** /sign-in?back=PATH */
import { createRoute, lazyRouteComponent, redirect, useNavigate } from '@tanstack/react-router';
import { sessionQuery } from '../api/access';
import { t } from '../words/t';
import { rootRoute } from './root';

const SignInPage = lazyRouteComponent(() => import('../features/sign-in/SignInPage'), 'SignInPage');

/** A path of this application, never another origin. */
export function safeBack(back: unknown): string {
  return typeof back === 'string' && /^\/(?![/\\])/.test(back) && !back.startsWith('/sign-in')
    ? back
    : '/';
}

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  staticData: { title: t('Sign in') },
  path: '/sign-in',
  validateSearch: (search): { back?: string } => ({
    back: typeof search.back === 'string' ? search.back : undefined,
  }),
  beforeLoad: async ({ context, search }) => {
    const session = await context.client.fetchQuery(sessionQuery);
    if (session) throw redirect({ to: safeBack(search.back) });
  },
  component: SignInRoute,
});

function SignInRoute() {
  const navigate = useNavigate();
  const { back } = signInRoute.useSearch();
  return <SignInPage onSignedIn={() => void navigate({ to: safeBack(back) })} />;
}
