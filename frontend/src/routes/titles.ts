/** What a page is called in the window's title: its own name, its project, the product. */
import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Session } from '../api/access';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** The name of the page, in the reader's language. */
    title?: string;
  }
}

interface Match {
  staticData: { title?: string };
  params: { projectId?: string };
  context: { session?: Session };
}

/** Never of a patient or case: titles go into the browser's history. */
export function titleOf(matches: readonly Match[]): string {
  const match = matches.at(-1);
  const { projectId } = match?.params ?? {};
  const project = match?.context.session?.projects.find((one) => one.id === projectId);
  const parts = [match?.staticData.title, project?.name, 'Collimate'];
  return parts.filter(Boolean).join(' · ');
}

export function useWindowTitle(): void {
  const title = useRouterState({ select: ({ matches }) => titleOf(matches as readonly Match[]) });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
