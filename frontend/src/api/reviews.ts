/** Second looks at submitted reads, and agreement between readers. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';

export interface ReviewRow {
  submission_id: string;
  read_id: string;
  study_id: string;
  pseudonym: string;
  thumbnail_url: string | null;
  /** Null when the project is blinded. */
  reader_name: string | null;
  submitted_at: string;
  label_keys: string[];
  mark_count: number;
  verdict: string | null;
  comment: string | null;
}

export interface Agreement {
  pairs: { count: number; kappa: number | null }[];
  raw_agreement: number | null;
  double_read_count: number;
}

export type Verdict = 'accepted' | 'returned';

export const reviewsQuery = (projectId: string, state: 'waiting' | 'done') =>
  infiniteQueryOptions({
    queryKey: ['project', projectId, 'reviews', state],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask<{ items: ReviewRow[]; next: string | null }>(
        api.GET('/api/projects/{project_id}/reviews', {
          params: { path: { project_id: projectId }, query: { state, after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const agreementQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'agreement'],
    queryFn: () =>
      ask<Agreement>(
        api.GET('/api/projects/{project_id}/agreement', {
          params: { path: { project_id: projectId } },
        }),
      ),
  });

export const giveVerdict = (submissionId: string, body: { verdict: Verdict; comment: string }) =>
  ask(
    api.POST('/api/submissions/{submission_id}/review', {
      params: { path: { submission_id: submissionId } },
      body,
    }),
  );
