/** Second looks at submitted reads, and agreement between readers. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type ReviewRow = Schemas['ReviewRow'];

export type DoubtedRead = Schemas['DoubtedRead'];

export type Agreement = Schemas['Agreement'];

export type Outcomes = Schemas['Outcomes'];

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

/** Answers that a model blind to the patient would have given otherwise, most doubtful first. */
export const doubtsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'reviews', 'doubted'],
    queryFn: () =>
      ask<Schemas['DoubtList']>(
        api.GET('/api/projects/{project_id}/learning/doubts', {
          params: { path: { project_id: projectId } },
        }),
      ),
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

export type StagedReads = Schemas['StagedReads'];
export type StagedTally = Schemas['StagedTally'];

/** First reads of a staged project against what was submitted after the model was shown. */
export const stagedReadsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'staged-reads'],
    queryFn: () =>
      ask<StagedReads>(
        api.GET('/api/projects/{project_id}/staged-reads', {
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

export const outcomesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'outcomes'],
    queryFn: () =>
      ask<Outcomes>(
        api.GET('/api/projects/{project_id}/outcomes', {
          params: { path: { project_id: projectId } },
        }),
      ),
  });
