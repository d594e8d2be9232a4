/** /projects/$projectId/deidentification */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ProjectPage } from '../features/projects/ProjectPage';
import { t } from '../words/t';
import { projectRoute } from './project';

const Deidentification = lazyRouteComponent(
  () => import('../features/projects/deidentification/Deidentification'),
  'Deidentification',
);

export const deidentificationRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('De-identification') },
  path: '/deidentification',
  component: DeidentificationPage,
});

function DeidentificationPage() {
  const { projectId } = deidentificationRoute.useParams();
  return (
    <ProjectPage projectId={projectId}>
      {(project) => <Deidentification key={project.id} projectId={project.id} />}
    </ProjectPage>
  );
}
