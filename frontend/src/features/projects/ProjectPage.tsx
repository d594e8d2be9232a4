/** The head and tabs over every page about the project itself. */
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCan } from '../../api/access';
import { type Project, projectQuery } from '../../api/projects';
import { Chip } from '../../ui/Chip';
import { Loaded } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { t } from '../../words/t';
import styles from './ProjectPage.module.css';

const TABS = [
  { page: 'overview', title: t('Overview'), isForManagers: false },
  { page: 'labels', title: t('Labels'), isForManagers: false },
  { page: 'rules', title: t('Reading and learning rules'), isForManagers: true },
  { page: 'deidentification', title: t('De-identification'), isForManagers: false },
  { page: 'members', title: t('Members'), isForManagers: true },
  { page: 'assignment', title: t('Assignment'), isForManagers: true },
];

interface Props {
  projectId: string;
  children: (project: Project) => ReactNode;
}

export function ProjectPage({ projectId, children }: Props) {
  const project = useQuery(projectQuery(projectId));
  const canManage = useCan(projectId, 'manage_project');
  const { pathname } = useLocation();
  return (
    <Loaded of={project}>
      {(loaded) => (
        <>
          <PageHeader title={loaded.name} side={loaded.is_demo && <Chip text={t('demo')} />} />
          <nav className={styles.tabs} aria-label={t('Project pages')}>
            {TABS.filter((tab) => canManage || !tab.isForManagers).map((tab) => (
              <Link
                key={tab.page}
                to={pageOf(projectId, tab.page)}
                className={styles.tab}
                aria-current={pathname.endsWith(`/${tab.page}`) ? 'page' : undefined}
              >
                {tab.title}
              </Link>
            ))}
          </nav>
          {children(loaded)}
        </>
      )}
    </Loaded>
  );
}

function pageOf(projectId: string, page: string): string {
  return `/projects/${projectId}/${page}`;
}
