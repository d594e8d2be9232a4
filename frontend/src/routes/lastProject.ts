/** The project a person was in last, remembered in this browser. */
import type { Session } from '../api/access';

const KEY = 'collimate.project';

export function rememberProject(projectId: string): void {
  try {
    localStorage.setItem(KEY, projectId);
  } catch {
    // A browser without storage only forgets which project was last.
  }
}

/** The last project this person is still in, else the first one, else null. */
export function lastProjectId(session: Session): string | null {
  let last: string | null = null;
  try {
    last = localStorage.getItem(KEY);
  } catch {
    last = null;
  }
  const known = session.projects.find((project) => project.id === last) ?? session.projects[0];
  return known?.id ?? null;
}

/** Where a person starts in a project: readers read, others see how it stands. */
export function homeOf(session: Session, projectId: string): string {
  const project = session.projects.find((one) => one.id === projectId);
  const manages = project?.permissions.includes('manage_project') ?? false;
  const reads = project?.permissions.includes('read_cases') ?? false;
  return `/projects/${projectId}/${reads && !manages ? 'worklist' : 'overview'}`;
}
