/** What the model has learned, what it asks next, and why. */
import { queryOptions } from '@tanstack/react-query';
import { told } from '../words/t';
import { api, ask } from './client';
import type { Job } from './jobs';
import type { components } from './schema';

type Schemas = components['schemas'];

export type CurvePoint = Schemas['CurvePoint'];

export type ClassScore = Schemas['ClassScore'];

export type CalibrationBin = Schemas['CalibrationBin'];

export type Learning = Schemas['LearningPage'];

export type ModelVersion = Schemas['ModelOut'];

export type QueuePick = Schemas['QueueItem'];

export type Queue = Schemas['QueueOut'];

export type Strategy = Schemas['StrategyOut'];

const at = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const learningQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'learning', 'state'],
    queryFn: async () => {
      const learning = await ask<Learning>(
        api.GET('/api/projects/{project_id}/learning', at(projectId)),
      );
      const { curve } = learning;
      return { ...learning, curve: { ...curve, metric: told(curve.metric) } };
    },
  });

export const modelsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'learning', 'models'],
    queryFn: async () =>
      (
        await ask<{ items: ModelVersion[] }>(
          api.GET('/api/projects/{project_id}/learning/models', at(projectId)),
        )
      ).items,
  });

export const queueQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'learning', 'queue'],
    queryFn: () =>
      ask<Queue>(
        api.GET('/api/projects/{project_id}/learning/queue', {
          params: { path: { project_id: projectId }, query: { limit: 60 } },
        }),
      ),
  });

export const strategiesQuery = queryOptions({
  queryKey: ['strategies'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () =>
    (await ask<{ items: Strategy[] }>(api.GET('/api/learning/strategies'))).items,
});

export const promoteModel = (modelId: string) =>
  ask(api.POST('/api/models/{model_id}/promote', { params: { path: { model_id: modelId } } }));

export const startRound = (projectId: string) =>
  ask<Job>(api.POST('/api/projects/{project_id}/learning/round', at(projectId)));

export const startEncoder = (projectId: string) =>
  ask<Job>(api.POST('/api/projects/{project_id}/learning/encoder', at(projectId)));
