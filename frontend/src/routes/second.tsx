/** /projects/$projectId/read/$readId/second: the second window of the reading room. */
import { createRoute, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan } from '../api/access';
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
  beforeLoad: ({ context, params }) => {
    requireMember(context.session.projects, params.projectId);
  },
  notFoundComponent: NotFound,
});

function SecondPage() {
  const navigate = useNavigate();
  const { projectId, readId } = secondRoute.useParams();
  const hasWorklist = useCan(projectId, 'read_cases');
  useAlwaysDark();
  return (
    <Suspense fallback={<SkeletonRows count={8} />}>
      <SecondRoom
        readId={readId}
        onCase={(project, next) =>
          void navigate({ to: `/projects/${project}/read/${next}/second`, replace: true })
        }
        onWorklist={
          hasWorklist ? () => void navigate({ to: `/projects/${projectId}/worklist/second` }) : null
        }
      />
    </Suspense>
  );
}
