/** Other servers that studies can be pulled from. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { Job } from './jobs';
import type { components } from './schema';

type Schemas = components['schemas'];

export type PullPreview = Schemas['PullPreview'];
export type MatchedStudy = Schemas['MatchedStudy'];
export type Wanted = Schemas['WantedIn'];
export type PullOrder = Schemas['PullIn'];

const at = (projectId: string) => ({ path: { project_id: projectId } });

export const sourcesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'sources'],
    queryFn: async () =>
      (
        await ask<Schemas['SourceList']>(
          api.GET('/api/projects/{project_id}/sources', { params: at(projectId) }),
        )
      ).items.map(({ name }) => name),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const previewPull = (projectId: string, body: PullOrder) =>
  ask<PullPreview>(
    api.POST('/api/projects/{project_id}/pulls/preview', { params: at(projectId), body }),
  );

export const orderPull = (projectId: string, body: PullOrder) =>
  ask<Job>(api.POST('/api/projects/{project_id}/pulls', { params: at(projectId), body }));
