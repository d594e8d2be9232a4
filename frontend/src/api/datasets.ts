/** Frozen dataset versions and their exports. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';

export interface SplitCounts {
  train: number;
  validation: number;
  test: number;
}

export interface DatasetCounts extends SplitCounts {
  studies: number;
  patients: number;
  by_label: Record<string, SplitCounts>;
}

export type ExportFormat = 'csv' | 'coco';

export interface DatasetExport {
  id: string;
  format: ExportFormat;
  state: string;
  progress: number;
  message: string | null;
  byte_count: number | null;
  error: string | null;
  created_at: string;
  job_id: string | null;
}

export interface DatasetVersion {
  id: string;
  name: string;
  note: string;
  created_at: string;
  frozen_by_name: string | null;
  counts: DatasetCounts;
  manifest_sha256: string;
  exports: DatasetExport[];
}

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

export const datasetPreviewQuery = (projectId: string, shares: SplitShares) =>
  queryOptions({
    queryKey: ['project', projectId, 'datasets', 'preview', shares],
    queryFn: async () =>
      (
        await ask<{ counts: DatasetCounts }>(
          api.POST('/api/projects/{project_id}/datasets/preview', {
            ...at(projectId),
            body: { split_shares: shares },
          }),
        )
      ).counts,
  });

export const freezeDataset = (
  projectId: string,
  body: { name: string; note: string; split_shares: SplitShares },
) =>
  ask<DatasetVersion>(api.POST('/api/projects/{project_id}/datasets', { ...at(projectId), body }));

export const verifyDataset = (datasetId: string) =>
  ask<{ is_intact: boolean; checked_count: number; problems: string[] }>(
    api.POST('/api/datasets/{dataset_id}/verify', of(datasetId)),
  );

export const startExport = (datasetId: string, format: ExportFormat) =>
  ask<DatasetExport>(
    api.POST('/api/datasets/{dataset_id}/exports', { ...of(datasetId), body: { format } }),
  );

export const manifestUrl = (datasetId: string) => `/api/datasets/${datasetId}/manifest`;
export const downloadUrl = (exportId: string) => `/api/exports/${exportId}/download`;
