/** The worklist, assignment, and progress per reader. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';

export interface ReadRow {
  id: string;
  task_id: string;
  study_id: string;
  thumbnail_url: string | null;
  pseudonym: string;
  modality: string;
  state: string;
  /** Null where the project hides why a case is asked for. */
  reason: string | null;
  arm: string | null;
  lease_until: string | null;
  submitted_at: string | null;
  active_ms: number;
  skip_reason: string | null;
}

export interface Worklist {
  next: { task_id?: string | null; reason: string | null; is_available: boolean } | null;
  open_count: number;
  mine: ReadRow[];
  today: { submitted_count: number; active_ms: number };
  returned: ReadRow[];
}

export interface TaskRow {
  id: string;
  study_id: string;
  pseudonym: string;
  thumbnail_url: string | null;
  state: string;
  priority: number;
  arm: string | null;
  reason: string | null;
  wanted_reads: number;
  reads: {
    id: string;
    reader_name: string | null;
    state: string;
    is_assigned: boolean;
    submitted_at: string | null;
    active_ms: number;
  }[];
}

export interface ReaderProgress {
  user_id: string;
  name: string;
  submitted_count: number;
  skipped_count: number;
  active_ms_total: number;
  active_ms_median: number | null;
  last_submitted_at: string | null;
}

export interface Progress {
  counts: Record<string, number>;
  readers: ReaderProgress[];
}

const at = (projectId: string) => ({ path: { project_id: projectId } });

export const worklistQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'worklist'],
    queryFn: () =>
      ask<Worklist>(api.GET('/api/projects/{project_id}/worklist', { params: at(projectId) })),
  });

export const progressQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'progress'],
    queryFn: () =>
      ask<Progress>(api.GET('/api/projects/{project_id}/progress', { params: at(projectId) })),
  });

export const tasksQuery = (projectId: string, state: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['project', projectId, 'tasks', state ?? 'all'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask<{ items: TaskRow[]; next: string | null }>(
        api.GET('/api/projects/{project_id}/tasks', {
          params: { ...at(projectId), query: { state, after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export interface Assignment {
  task_ids: string[] | null;
  count?: number;
  reader_id: string;
}

export const assign = (projectId: string, body: Assignment) =>
  ask<{ assigned_count: number }>(
    api.POST('/api/projects/{project_id}/assignments', { params: at(projectId), body }),
  );

export const setPriority = (taskId: string, priority: number) =>
  ask(
    api.PATCH('/api/tasks/{task_id}', {
      params: { path: { task_id: taskId } },
      body: { priority },
    }),
  );
