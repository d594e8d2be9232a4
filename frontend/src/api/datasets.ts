/** Frozen dataset versions and their exports. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type SplitCounts = Schemas['SplitCounts'];

export type DatasetCounts = Schemas['DatasetCounts'];

export type ExportFormat = 'csv' | 'coco' | 'coco-maps';

export type DatasetExport = Schemas['ExportOut'];

export type DatasetVersion = Schemas['DatasetVersionOut'];

/** Shares of 0..1 that add up to 1. */
export type SplitShares = SplitCounts;

const at = (projectId: string) => ({ params: { path: { project_id: projectId } } });
const of = (datasetId: string) => ({ params: { path: { dataset_id: datasetId } } });

export const datasetsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'datasets'],
    queryFn: async () =>
      (
        await ask<{ items: DatasetVersion[] }>(
          api.GET('/api/projects/{project_id}/datasets', at(projectId)),
        )
      ).items,
  });

export const datasetPreviewQuery = (
  projectId: string,
  shares: SplitShares,
  includesExcluded: boolean,
  includesAutoAccepted: boolean,
  cohortId: string | null,
) =>
  queryOptions({
    queryKey: [
      'project',
      projectId,
      'datasets',
      'preview',
      shares,
      includesExcluded,
      includesAutoAccepted,
      cohortId,
    ],
    queryFn: async () =>
      (
        await ask<{ counts: DatasetCounts }>(
          api.POST('/api/projects/{project_id}/datasets/preview', {
            ...at(projectId),
            body: {
              split_shares: shares,
              includes_excluded: includesExcluded,
              includes_auto_accepted: includesAutoAccepted,
              cohort_id: cohortId,
            },
          }),
        )
      ).counts,
  });

export const freezeDataset = (projectId: string, body: Schemas['DatasetIn']) =>
  ask<DatasetVersion>(api.POST('/api/projects/{project_id}/datasets', { ...at(projectId), body }));

export const verifyDataset = (datasetId: string) =>
  ask<{ is_intact: boolean; checked_count: number; problems: Schemas['VerifyProblem'][] }>(
    api.POST('/api/datasets/{dataset_id}/verify', of(datasetId)),
  );

export const startExport = (datasetId: string, format: ExportFormat) =>
  ask<DatasetExport>(
    api.POST('/api/datasets/{dataset_id}/exports', { ...of(datasetId), body: { format } }),
  );

export const manifestUrl = (datasetId: string) => `/api/datasets/${datasetId}/manifest`;
export const downloadUrl = (exportId: string) => `/api/exports/${exportId}/download`;
