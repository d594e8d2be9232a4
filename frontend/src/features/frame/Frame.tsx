/** Rail and top bar around every page but the reading room. */
import { Button } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { signOut, useCan, useSession } from '../../api/access';
import { useProjectEvents } from '../../api/events';
import { openPalette } from '../../commands/panels';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { KeyCap } from '../../ui/KeyCap';
import { t } from '../../words/t';
import { AccountMenu } from './AccountMenu';
import styles from './Frame.module.css';
import { JobsTray } from './JobsTray';
import { ProjectSwitch } from './ProjectSwitch';
import { pathOf, placesFor } from './places';
import { Rail } from './Rail';

export function Frame({ projectId, children }: { projectId: string | null; children: ReactNode }) {
  const session = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const isMember = session.projects.some((project) => project.id === projectId);
  useProjectEvents(isMember ? projectId : null);
  const seesJobs = useCan(projectId ?? '', 'see_learning');
  const leave = () => {
    void signOut(client).then(() => navigate({ to: '/sign-in' }));
  };
  const commands = useMemo<Command[]>(
    () =>
      placesFor(session, projectId).map((place) => ({
        id: `go.${place.key}`,
        title: t('Go to {title}', { title: place.title }),
        section: t('Go'),
        shortcut: place.shortcut,
        run: () => navigate({ to: pathOf(place, projectId) }),
      })),
    [session, projectId, navigate],
  );
  useCommands('frame', commands);
  return (
    <div className={styles.frame}>
      <a href="#page" className={styles.skip}>
        {t('Skip to the page')}
      </a>
      <Rail session={session} projectId={projectId} />
      <div className={styles.bar}>
        <ProjectSwitch session={session} projectId={projectId} />
        <div className={styles.spacer} />
        <Button
          variant="default"
          leftSection={<IconSearch size={14} />}
          rightSection={<KeyCap shortcut="mod+k" />}
          onClick={() => void openPalette()}
        >
          {t('Find a command')}
        </Button>
        {seesJobs && projectId && <JobsTray projectId={projectId} />}
        <AccountMenu session={session} onSignOut={leave} />
      </div>
      <main id="page" className={styles.main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
