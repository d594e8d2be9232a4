/** Hunts: a place is pointed at, and the places of the pool that look like it are found. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Hunt = Schemas['HuntOut'];

export type HuntGlance = Schemas['HuntGlance'];

export type HuntMatch = Schemas['HuntMatchOut'];

export type HuntPlace = Schemas['HuntIn'];

/** How often the server is asked while it looks. */
const POLL_MS = 1500;

/** Looks for the like of a place; the id is made here, so that a repeated request asks once. */
export const beginHunt = (studyId: string, huntId: string, body: HuntPlace) =>
  ask<Hunt>(
    api.PUT('/api/studies/{study_id}/hunts/{hunt_id}', {
      params: { path: { study_id: studyId, hunt_id: huntId } },
      body,
    }),
  );

export const huntQuery = (huntId: string) =>
  queryOptions({
    queryKey: ['hunt', huntId],
    queryFn: () =>
      ask<Hunt>(api.GET('/api/hunts/{hunt_id}', { params: { path: { hunt_id: huntId } } })),
    refetchInterval: ({ state }) => (state.data && !state.data.is_over ? POLL_MS : false),
  });

export const huntsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'hunts'],
    queryFn: async () =>
      (
        await ask<{ items: HuntGlance[] }>(
          api.GET('/api/projects/{project_id}/hunts', {
            params: { path: { project_id: projectId } },
          }),
        )
      ).items,
  });

/** Takes a case out of the queue for oneself; answers the read to open. */
export const claimTask = async (taskId: string): Promise<string> =>
  (
    await ask<Schemas['ReadingCase']>(
      api.POST('/api/tasks/{task_id}/claim', { params: { path: { task_id: taskId } } }),
    )
  ).read.id;

export const putFirst = async (projectId: string, taskIds: string[]): Promise<number> =>
  (
    await ask<{ moved_count: number }>(
      api.POST('/api/projects/{project_id}/queue/first', {
        params: { path: { project_id: projectId } },
        body: { task_ids: taskIds },
      }),
    )
  ).moved_count;
