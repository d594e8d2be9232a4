/** The places on the rail, and who may go to each. */
import {
  type Icon,
  IconBooks,
  IconChartDots3,
  IconChecklist,
  IconDatabaseExport,
  IconEyeCheck,
  IconFolder,
  IconSettings,
} from '@tabler/icons-react';
import type { Permission, Session } from '../../api/access';
import { t } from '../../words/t';

export interface Place {
  key: string;
  title: string;
  icon: Icon;
  shortcut: string;
  /** Path; `$projectId` stands for the current project. */
  to: string;
  /** Any path that starts with one of these belongs to the place. */
  covers: string[];
  needs: Permission | 'instance_admin';
}

const PROJECT = '/projects/$projectId';

export const PLACES: readonly Place[] = [
  {
    key: 'worklist',
    title: t('Worklist'),
    icon: IconChecklist,
    shortcut: 'shift+w',
    to: `${PROJECT}/worklist`,
    covers: [`${PROJECT}/worklist`, `${PROJECT}/hunts`],
    needs: 'read_cases',
  },
  {
    key: 'review',
    title: t('Review'),
    icon: IconEyeCheck,
    shortcut: 'shift+r',
    to: `${PROJECT}/review`,
    covers: [`${PROJECT}/review`],
    needs: 'review',
  },
  {
    key: 'studies',
    title: t('Studies'),
    icon: IconBooks,
    shortcut: 'shift+s',
    to: `${PROJECT}/studies`,
    covers: [`${PROJECT}/studies`],
    needs: 'see_studies',
  },
  {
    key: 'project',
    title: t('Project'),
    icon: IconFolder,
    shortcut: 'shift+p',
    to: `${PROJECT}/overview`,
    covers: ['overview', 'labels', 'rules', 'members', 'assignment'].map(
      (page) => `${PROJECT}/${page}`,
    ),
    needs: 'see_project',
  },
  {
    key: 'learning',
    title: t('Learning'),
    icon: IconChartDots3,
    shortcut: 'shift+l',
    to: `${PROJECT}/learning`,
    covers: [`${PROJECT}/learning`],
    needs: 'see_learning',
  },
  {
    key: 'datasets',
    title: t('Datasets'),
    icon: IconDatabaseExport,
    shortcut: 'shift+d',
    to: `${PROJECT}/datasets`,
    covers: [`${PROJECT}/datasets`],
    needs: 'manage_datasets',
  },
  {
    key: 'admin',
    title: t('Admin'),
    icon: IconSettings,
    shortcut: 'shift+a',
    to: '/admin/people',
    covers: ['/admin'],
    needs: 'instance_admin',
  },
];

/** What the rail shows this person: only what the role may see. */
export function placesFor(session: Session, projectId: string | null): Place[] {
  const project = session.projects.find((one) => one.id === projectId);
  return PLACES.filter((place) => {
    if (place.needs === 'instance_admin') return session.user.is_admin;
    return project?.permissions.includes(place.needs) ?? false;
  });
}

export function pathOf(place: Place, projectId: string | null): string {
  return place.to.replace('$projectId', projectId ?? '');
}

export function isAt(place: Place, path: string, projectId: string | null): boolean {
  return place.covers.some((cover) =>
    path.startsWith(cover.replace('$projectId', projectId ?? '')),
  );
}
