/** /projects/$projectId/worklist */
import { createRoute, Link, useNavigate } from '@tanstack/react-router';
import { Worklist } from '../features/worklist/Worklist';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

export const worklistRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Worklist') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'read_cases'),
  path: '/worklist',
  component: WorklistPage,
});

function WorklistPage() {
  const { projectId } = worklistRoute.useParams();
  const { project } = worklistRoute.useRouteContext();
  const navigate = useNavigate();
  const read = (readId: string | null) => {
    void navigate({ to: `/projects/${projectId}/read${readId ? `/${readId}` : ''}` });
  };
  return (
    <Worklist
      projectId={projectId}
      projectName={project.name}
      onRead={read}
      actions={
        <Link to="/projects/$projectId/hunts" params={{ projectId }}>
          {t('Places that look alike')}
        </Link>
      }
    />
  );
}
