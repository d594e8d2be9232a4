/** What the machines are doing. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';

export interface Job {
  id: string;
  kind: string;
  title: string;
  state: string;
  /** 0..1 */
  progress: number;
  message: string | null;
  error: string | null;
  attempt: number;
  created_at: string;
  finished_at: string | null;
  result: Record<string, unknown> | null;
}

const LIVE = ['waiting', 'queued', 'pending', 'running', 'claimed'];

export function isLive(job: Job): boolean {
  return job.finished_at === null && (LIVE.includes(job.state) || job.progress < 1);
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
