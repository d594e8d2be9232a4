/** What the model has learned, what it asks next, and why. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { Job } from './jobs';

export interface CurvePoint {
  label_count: number;
  active_minutes: number | null;
  score: number;
  low: number;
  high: number;
}

export interface ClassRecall {
  key: string;
  name: string;
  recall: number | null;
  low: number | null;
  high: number | null;
  count: number;
}

export interface CalibrationBin {
  low: number;
  high: number;
  count: number;
  mean_probability: number | null;
  observed: number | null;
}

export interface Learning {
  state: 'collecting' | 'embedding' | 'training_encoder' | 'ready';
  encoder: { kind: string; state: string; dimension: number; progress: number } | null;
  pool_count: number;
  labelled_count: number;
  control_count: number;
  evaluation_count: number;
  holdout_count: number;
  next_round_in: number | null;
  curve: {
    strategy: CurvePoint[];
    control: CurvePoint[];
    metric: string;
    forecast: { label_count: number; score: number; low: number; high: number } | null;
  };
  calibration: { bins: CalibrationBin[]; ece: number | null } | null;
  per_class: ClassRecall[];
  confusion: { keys: string[]; matrix: number[][] } | null;
  model: { id: string; number: number; promoted_at: string | null; label_count: number } | null;
  warnings: string[];
}

export interface ModelVersion {
  id: string;
  number: number;
  created_at: string;
  label_count: number;
  score: number | null;
  low: number | null;
  high: number | null;
  is_promoted: boolean;
  retired_at: string | null;
  weights_sha256: string | null;
  manifest_sha256: string | null;
  code_version: string | null;
  seed: number | null;
}

export interface QueuePick {
  task_id: string;
  study_id: string;
  pseudonym: string;
  thumbnail_url: string | null;
  rank: number;
  arm: string;
  reason_code: string;
  reason: string;
  scores: Record<string, number>;
  state: string;
}

export interface Queue {
  batch: {
    round_number: number;
    strategy: string;
    created_at: string;
    pool_count: number;
    seed: number;
    control_share: number;
  } | null;
  items: QueuePick[];
}

export interface Strategy {
  key: string;
  name: string;
  description: string;
  paper: string | null;
}

const at = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const learningQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'learning', 'state'],
    queryFn: () => ask<Learning>(api.GET('/api/projects/{project_id}/learning', at(projectId))),
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
