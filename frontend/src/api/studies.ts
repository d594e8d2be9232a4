/** Studies, their files, and what could not be used. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type StudyRow = Schemas['StudyRow'];

export type InstanceDetail = Schemas['InstanceDetail'];

export type StudyDetail = Schemas['StudyDetail'];

export type Facet = Schemas['FacetValue'];

export const FACETS = [
  'modality',
  'body_part',
  'site',
  'manufacturer',
  'scanner',
  'trust',
  'read_state',
] as const;
export type FacetName = (typeof FACETS)[number];
export type Facets = Record<FacetName, Facet[]>;

/** An empty text in a facet means: not given. `quality` holds ranges, `measure:least:most`; `attribute` conditions. */
export interface StudyFilter extends Partial<Record<FacetName, string>> {
  search?: string;
  holdout?: boolean;
  quality?: string[];
  attribute?: string[];
  /** A frozen cohort. */
  cohort?: string;
}

/** Nothing narrowed: spread before a filter, it takes away what that one does not say. */
export const EVERYTHING: StudyFilter = {
  ...Object.fromEntries(FACETS.map((name) => [name, undefined])),
  search: undefined,
  holdout: undefined,
  quality: undefined,
  attribute: undefined,
  cohort: undefined,
};

export type ReceivedFile = Schemas['ReceivedFileOut'];

export type FileState = Schemas['FileState'];

export type TagLevel = NonNullable<
  NonNullable<operations['show_tags']['parameters']['query']>['level']
>;

const at = (projectId: string) => ({ path: { project_id: projectId } });

export const studiesQuery = (projectId: string, filter: StudyFilter) =>
  infiniteQueryOptions({
    queryKey: ['project', projectId, 'studies', 'list', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask<Schemas['StudyPage']>(
        api.GET('/api/projects/{project_id}/studies', {
          params: { ...at(projectId), query: { ...filter, after: pageParam, limit: 100 } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const facetsQuery = (projectId: string, filter: StudyFilter) =>
  queryOptions({
    queryKey: ['project', projectId, 'studies', 'facets', filter],
    queryFn: () =>
      ask<Facets>(
        api.GET('/api/projects/{project_id}/studies/facets', {
          params: { ...at(projectId), query: filter },
        }),
      ),
  });

export type Distribution = Schemas['Distribution'];

type QualityAsked = NonNullable<operations['show_distribution']['parameters']['query']>;
export type Measure = NonNullable<QualityAsked['measure']>;
export type Grouping = NonNullable<QualityAsked['by']>;

export const distributionQuery = (
  projectId: string,
  filter: StudyFilter,
  measure: Measure,
  by: Grouping,
) =>
  queryOptions({
    queryKey: ['project', projectId, 'studies', 'quality', filter, measure, by],
    queryFn: () =>
      ask<Distribution>(
        api.GET('/api/projects/{project_id}/studies/quality', {
          params: { ...at(projectId), query: { ...filter, measure, by } },
        }),
      ),
  });

export const studyQuery = (studyId: string) =>
  queryOptions({
    queryKey: ['study', studyId],
    queryFn: () =>
      ask<StudyDetail>(
        api.GET('/api/studies/{study_id}', { params: { path: { study_id: studyId } } }),
      ),
  });

export type StudyGeometry = Schemas['StudyGeometry'];

export const geometryQuery = (studyId: string) =>
  queryOptions({
    queryKey: ['study', studyId, 'geometry'],
    queryFn: () =>
      ask<StudyGeometry>(
        api.GET('/api/studies/{study_id}/geometry', { params: { path: { study_id: studyId } } }),
      ),
  });

export const lookalikesQuery = (studyId: string) =>
  queryOptions({
    queryKey: ['study', studyId, 'lookalikes'],
    queryFn: () =>
      ask<Schemas['Lookalikes']>(
        api.GET('/api/studies/{study_id}/lookalikes', { params: { path: { study_id: studyId } } }),
      ),
  });

export const neighboursQuery = (studyId: string) =>
  queryOptions({
    queryKey: ['study', studyId, 'neighbours'],
    queryFn: () =>
      ask<Schemas['Neighbours']>(
        api.GET('/api/studies/{study_id}/neighbours', { params: { path: { study_id: studyId } } }),
      ),
  });

export const tagsQuery = (
  studyId: string,
  sopInstanceUid: string,
  level: TagLevel,
  frameNumber: number,
) =>
  queryOptions({
    queryKey: ['study', studyId, 'tags', sopInstanceUid, level, frameNumber],
    queryFn: async () =>
      (
        await ask<Schemas['TagList']>(
          api.GET('/api/studies/{study_id}/tags', {
            params: {
              path: { study_id: studyId },
              query: { sop_instance_uid: sopInstanceUid, level, frame_number: frameNumber },
            },
          }),
        )
      ).items,
  });

export type FilePage = Schemas['ReceivedFilePage'];

export const filesQuery = (projectId: string, state: FileState) =>
  infiniteQueryOptions({
    queryKey: ['project', projectId, 'files', state],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask<FilePage>(
        api.GET('/api/projects/{project_id}/files', {
          params: { ...at(projectId), query: { state, after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const retryFile = (fileId: string) =>
  ask(api.POST('/api/files/{file_id}/retry', { params: { path: { file_id: fileId } } }));

export const releaseFile = (fileId: string) =>
  ask(api.POST('/api/files/{file_id}/release', { params: { path: { file_id: fileId } } }));

export const deleteFile = (fileId: string) =>
  ask(api.DELETE('/api/files/{file_id}', { params: { path: { file_id: fileId } } }));

export const knownFiles = (projectId: string, sha256: string[]) =>
  ask<{ known: string[] }>(
    api.POST('/api/projects/{project_id}/files/known', {
      params: at(projectId),
      body: { sha256 },
    }),
  );

export type UploadOut = Schemas['UploadOut'];

export const beginUpload = (projectId: string, body: Schemas['UploadIn']) =>
  ask<UploadOut>(api.POST('/api/projects/{project_id}/uploads', { params: at(projectId), body }));

export const showUpload = (uploadId: string) =>
  ask<UploadOut>(
    api.GET('/api/uploads/{upload_id}', { params: { path: { upload_id: uploadId } } }),
  );
