/** The images of the case on screen, and the next case fetched while this one is read. */

import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { fetchOnce, studyMetadata } from '../../api/ahead';
import { loadSeries } from '../../viewer/dicomweb';
import type { Series } from '../../viewer/frames';
import { prefetchFrames } from '../../viewer/imageIds';
import { loadFirst } from '../../viewer/prefetch';
import { peekNext } from './calls';

export const seriesQuery = (projectId: string, studyUid: string) =>
  queryOptions({
    queryKey: ['dicomweb', projectId, studyUid],
    queryFn: async ({ signal }) => {
      const [address, options] = studyMetadata(projectId, studyUid);
      const series = await loadSeries(projectId, fetchOnce(address, { ...options, signal }));
      // On its way while the room is drawn around it.
      loadFirst(series[0]?.frames[0]);
      return series;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10 * 60_000,
    retry: 1,
  });

export const useStudy = (projectId: string, studyUid: string) =>
  useQuery(seriesQuery(projectId, studyUid));

/** Metadata and first frame of what would come next; nothing is claimed by looking. */
export async function fetchAhead(client: QueryClient, projectId: string): Promise<void> {
  const coming = await peekNext(projectId);
  if (!coming) return;
  const series: Series[] = await client.fetchQuery(seriesQuery(projectId, coming.study_uid));
  const first = series[0]?.frames[0];
  if (first) await prefetchFrames([first]);
}

/** Fetches the next case once `isReady` (this case's own first image is on screen). */
export function useNextCase(projectId: string, readId: string, isReady: boolean): void {
  const client = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each read has a next case of its own
  useEffect(() => {
    // Being ahead is a kindness: when it fails, the case is fetched when it is opened.
    if (isReady) fetchAhead(client, projectId).catch(() => undefined);
  }, [client, projectId, readId, isReady]);
}
