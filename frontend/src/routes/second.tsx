/** /projects/$projectId/read/$readId/second: the second window of the reading room. */
import { createRoute, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { SkeletonRows } from '../ui/Loaded';
import { t } from '../words/t';
import { NotFound } from './NotFound';
import { requireMember, useAlwaysDark } from './read';
import { signedInRoute } from './signedIn';

const SecondRoom = lazy(() =>
  import('../features/reading/SecondRoom').then(({ SecondRoom: Room }) => ({ default: Room })),
);

export const secondRoute = createRoute({
  getParentRoute: () => signedInRoute,
  staticData: { title: t('Second window') },
  path: '/projects/$projectId/read/$readId/second',
  component: SecondPage,
  beforeLoad: ({ context, params }) => requireMember(context.session.projects, params.projectId),
  notFoundComponent: NotFound,
});

function SecondPage() {
  const navigate = useNavigate();
  const { readId } = secondRoute.useParams();
  useAlwaysDark();
  return (
    <Suspense fallback={<SkeletonRows count={8} />}>
      <SecondRoom
        readId={readId}
        onCase={(projectId, next) =>
          void navigate({ to: `/projects/${projectId}/read/${next}/second`, replace: true })
        }
      />
    </Suspense>
  );
}
