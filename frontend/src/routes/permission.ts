/** A page a role may not see looks like one that is not there. */
import { notFound } from '@tanstack/react-router';
import type { Permission, SessionProject } from '../api/access';

/** Raises the not-found page unless the person's role in the project has this permission. */
export function requirePermission(
  project: Pick<SessionProject, 'permissions'>,
  permission: Permission,
): void {
  if (!project.permissions.includes(permission)) throw notFound();
}
