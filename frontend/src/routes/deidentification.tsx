/** /projects/$projectId/deidentification */
import { createRoute } from '@tanstack/react-router';
import { Deidentification } from '../features/projects/deidentification/Deidentification';
import { ProjectPage } from '../features/projects/ProjectPage';
import { projectRoute } from './project';

export const deidentificationRoute = createRoute({
  getParentRoute: () => projectRoute,
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
