/** The worklist, assignment, and progress per reader. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type TaskState = Schemas['TaskRow']['state'];

export type ReadRow = Schemas['ReadRow'];

export type Worklist = Schemas['Worklist'];

export type TaskRow = Schemas['TaskRow'];

export type ReaderProgress = Schemas['ReaderProgress'];

export type Progress = Schemas['Progress'];

const at = (projectId: string) => ({ path: { project_id: projectId } });

const LOOK_AGAIN_MS = 5000;

export const worklistQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'worklist'],
    queryFn: () =>
      ask<Worklist>(api.GET('/api/projects/{project_id}/worklist', { params: at(projectId) })),
    // A reader is not told of each new task, so a page with nothing to read looks for itself.
    refetchInterval: ({ state }) => (state.data?.next?.is_available ? false : LOOK_AGAIN_MS),
  });

export const progressQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'progress'],
    queryFn: () =>
      ask<Progress>(api.GET('/api/projects/{project_id}/progress', { params: at(projectId) })),
  });

export const tasksQuery = (projectId: string, state: TaskState | undefined) =>
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

export type Assignment = Schemas['AssignmentBody'];

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
