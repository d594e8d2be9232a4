/** /projects/$projectId/review */
import { createRoute, lazyRouteComponent, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

const ReviewPage = lazyRouteComponent(() => import('../features/review/ReviewPage'), 'ReviewPage');

export const reviewRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Review') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'review'),
  path: '/review',
  component: Review,
});

function Review() {
  const { projectId } = reviewRoute.useParams();
  const { project } = reviewRoute.useRouteContext();
  const navigate = useNavigate();
  const look = useCallback(
    (readId: string) => void navigate({ to: `/projects/${projectId}/read/${readId}` }),
    [navigate, projectId],
  );
  return <ReviewPage projectId={projectId} projectName={project.name} onLook={look} />;
}
