/** What a page is called in the window's title: its own name, its project, the product. */
import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { create } from 'zustand';
import type { Session } from '../api/access';
import { t } from '../words/t';

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
export function titleOf(matches: readonly Match[], isThere = true): string {
  const match = matches.at(-1);
  const { projectId } = match?.params ?? {};
  const project = match?.context.session?.projects.find((one) => one.id === projectId);
  const title = isThere ? match?.staticData.title : t('Nothing is here');
  const parts = [title, project?.name, 'Collimate'];
  return parts.filter(Boolean).join(' · ');
}

const usePlace = create(() => ({ isThere: true }));

/** For what is shown in place of a page that is not there, or not for this person. */
export function useNothingHere(): void {
  useEffect(() => {
    usePlace.setState({ isThere: false });
    return () => usePlace.setState({ isThere: true });
  }, []);
}

export function useWindowTitle(): void {
  const isThere = usePlace((place) => place.isThere);
  const title = useRouterState({
    select: ({ matches }) => titleOf(matches as readonly Match[], isThere),
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
