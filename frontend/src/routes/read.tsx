/** /projects/$projectId/read and /read/$readId: the reading room, without the frame. */
import { createRoute, notFound, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useLayoutEffect } from 'react';
import { useProjectEvents } from '../api/events';
import { loadPanels } from '../commands/panels';
import { SkeletonRows } from '../ui/Loaded';
import { t } from '../words/t';
import { rememberProject } from './lastProject';
import { loadRoom } from './loadRoom';
import { NotFound } from './NotFound';
import { loadSignedOut, signedInRoute } from './signedIn';

const ReadingRoom = lazy(() => loadRoom().then(({ ReadingRoom: Room }) => ({ default: Room })));

// One route for both, so that taking a case changes the address and nothing else.
export const readRoute = createRoute({
  getParentRoute: () => signedInRoute,
  staticData: { title: t('Reading room') },
  path: '/projects/$projectId/read/{-$readId}',
  component: ReadPage,
  beforeLoad: ({ context, params }) => {
    requireMember(context.session.projects, params.projectId);
  },
  notFoundComponent: NotFound,
});

function ReadPage() {
  const { projectId, readId } = readRoute.useParams();
  return <Room projectId={projectId} readId={readId ?? null} />;
}

const PANELS_MS = 3000;

export function requireMember<Project extends { id: string }>(
  projects: readonly Project[],
  projectId: string,
): Project {
  const project = projects.find(({ id }) => id === projectId);
  if (!project) throw notFound();
  rememberProject(projectId);
  return project;
}

function Room({ projectId, readId }: { projectId: string; readId: string | null }) {
  const navigate = useNavigate();
  useAlwaysDark();
  useProjectEvents(projectId);
  // A reader may be offline when the keys are asked for; the first image comes before them.
  useEffect(() => {
    const load = () => Promise.all([loadPanels(), loadSignedOut().catch(() => undefined)]);
    const timer = setTimeout(() => void load(), PANELS_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Suspense fallback={<SkeletonRows count={8} />}>
      <ReadingRoom
        projectId={projectId}
        readId={readId}
        onRead={(next) =>
          void navigate({ to: `/projects/${projectId}/read/${next}`, replace: true })
        }
        onClose={() => void navigate({ to: `/projects/${projectId}/worklist` })}
        onOther={(project, other) => void navigate({ to: `/projects/${project}/read/${other}` })}
        onHunt={(huntId) => void navigate({ to: `/projects/${projectId}/hunts/${huntId}` })}
      />
    </Suspense>
  );
}

/** The reading room is dark whatever the other pages are. */
export function useAlwaysDark(): void {
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    const before = dataset.mantineColorScheme;
    dataset.mantineColorScheme = 'dark';
    return () => {
      dataset.mantineColorScheme = before;
    };
  }, []);
}
