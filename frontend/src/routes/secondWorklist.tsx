/** /projects/$projectId/worklist/second: the reader's worklist on another screen, beside what is read. */
import { createRoute, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo } from 'react';
import { useProjectEvents } from '../api/events';
import { useCommands } from '../commands/useCommands';
import { imagesCommand, reopenCommand, useFirstWindow } from '../features/reading/secondList';
import { BesideWorklist } from '../features/worklist/BesideWorklist';
import { t } from '../words/t';
import { NotFound } from './NotFound';
import { requirePermission } from './permission';
import { requireMember, useAlwaysDark } from './read';
import { signedInRoute } from './signedIn';

export const secondWorklistRoute = createRoute({
  getParentRoute: () => signedInRoute,
  staticData: { title: t('Worklist') },
  path: '/projects/$projectId/worklist/second',
  beforeLoad: ({ context, params }) => {
    const project = requireMember(context.session.projects, params.projectId);
    requirePermission(project, 'read_cases');
    return { project };
  },
  component: SecondWorklistPage,
  notFoundComponent: NotFound,
});

function SecondWorklistPage() {
  const navigate = useNavigate();
  const { project } = secondWorklistRoute.useRouteContext();
  const { open, absence, ask } = useFirstWindow();
  useAlwaysDark();
  useProjectEvents(project.id);
  const openProject = open?.projectId ?? project.id;
  useEffect(() => {
    if (openProject !== project.id)
      void navigate({ to: `/projects/${openProject}/worklist/second`, replace: true });
  }, [openProject, project.id, navigate]);
  const toImages = useCallback(() => {
    if (open) void navigate({ to: `/projects/${open.projectId}/read/${open.readId}/second` });
  }, [open, navigate]);
  const read = useCallback((id: string | null) => ask(project.id, id), [ask, project.id]);
  const reopen = useCallback(() => read(null), [read]);
  const isAway = absence !== null;
  const commands = useMemo(
    () => [imagesCommand(open !== null, toImages), reopenCommand(isAway, reopen)],
    [open, toImages, isAway, reopen],
  );
  useCommands('second', commands);
  return (
    <BesideWorklist
      projectId={project.id}
      projectName={project.name}
      openId={open?.readId ?? null}
      onRead={read}
      onImages={toImages}
      absence={absence}
      onReopen={reopen}
    />
  );
}
