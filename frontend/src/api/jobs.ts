/** What the machines are doing. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Job = Schemas['JobOut'];

/** A job that was not finished yet, whichever way it will end. */
export function isLive(job: Pick<Job, 'finished_at'>): boolean {
  return job.finished_at === null;
}

export const jobsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'jobs'],
    queryFn: async () =>
      (
        await ask<{ items: Job[] }>(
          api.GET('/api/projects/{project_id}/jobs', {
            params: { path: { project_id: projectId } },
          }),
        )
      ).items,
    // The event stream says when something changed; this is for a stream that was cut.
    refetchInterval: 30_000,
  });

export const allJobsQuery = queryOptions({
  queryKey: ['all-jobs'],
  queryFn: async () => (await ask<{ items: Job[] }>(api.GET('/api/jobs'))).items,
  refetchInterval: 5_000,
});

export const cancelJob = (id: string) =>
  ask(api.POST('/api/jobs/{job_id}/cancel', { params: { path: { job_id: id } } }));

export const retryJob = (id: string) =>
  ask(api.POST('/api/jobs/{job_id}/retry', { params: { path: { job_id: id } } }));
