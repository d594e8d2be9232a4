/** Cases that a model answers by itself: what it would do, turning it on and off, giving back. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type AutoAccept = Schemas['AutoAcceptPanel'];

export type AutoAcceptEstimate = Schemas['AutoAcceptEstimate'];

export type TargetEstimate = Schemas['TargetEstimate'];

export type AutoAcceptedCase = Schemas['AutoAcceptedCaseOut'];

const at = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const autoAcceptQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'learning', 'auto-accept'],
    queryFn: () =>
      ask<AutoAccept>(api.GET('/api/projects/{project_id}/learning/auto-accept', at(projectId))),
  });

export const autoAcceptedQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'learning', 'auto-accepted'],
    queryFn: async () =>
      (
        await ask<{ items: AutoAcceptedCase[] }>(
          api.GET('/api/projects/{project_id}/learning/auto-accept/cases', at(projectId)),
        )
      ).items,
  });

export const turnOn = (projectId: string, body: Schemas['AutoAcceptOn']) =>
  ask<AutoAccept>(
    api.POST('/api/projects/{project_id}/learning/auto-accept/on', { ...at(projectId), body }),
  );

export const turnOff = (projectId: string, reason: string) =>
  ask<AutoAccept>(
    api.POST('/api/projects/{project_id}/learning/auto-accept/off', {
      ...at(projectId),
      body: { reason },
    }),
  );

export const giveBack = (taskId: string) =>
  ask(api.POST('/api/tasks/{task_id}/give-back', { params: { path: { task_id: taskId } } }));
