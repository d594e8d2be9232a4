/** Studies, their files, and what could not be used. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';

export interface StudyRow {
  id: string;
  study_uid: string;
  pseudonym: string;
  study_date: string | null;
  modality: string;
  body_part: string | null;
  site: string | null;
  manufacturer: string | null;
  series_count: number;
  instance_count: number;
  is_holdout: boolean;
  quality: Record<string, unknown> | null;
  task_state: string | null;
  thumbnail_url: string | null;
  created_at: string;
}

export interface InstanceDetail {
  sop_instance_uid: string;
  instance_number: number | null;
  rows: number | null;
  columns: number | null;
  frame_count: number;
  pixel_spacing_mm: number[] | null;
  is_lossy: boolean;
  burned_in_suspected: boolean;
  original_transfer_syntax_uid: string | null;
  removed: unknown[];
  quality: Record<string, unknown> | null;
}

export interface StudyDetail extends StudyRow {
  series: {
    series_uid: string;
    modality: string;
    series_number: number | null;
    instances: InstanceDetail[];
  }[];
}

export interface Facet {
  value: string;
  count: number;
}

export const FACETS = ['modality', 'body_part', 'site', 'manufacturer'] as const;
export type FacetName = (typeof FACETS)[number];
export type Facets = Record<FacetName, Facet[]>;

export interface StudyFilter extends Partial<Record<FacetName, string>> {
  search?: string;
  read_state?: string;
  holdout?: boolean;
}

export interface ReceivedFile {
  id: string;
  file_name: string;
  byte_count: number;
  state: string;
  code: string | null;
  text: string | null;
  study_id?: string | null;
  created_at: string;
}

export interface Tag {
  tag: string;
  keyword: string;
  vr: string;
  value: unknown;
}

const at = (projectId: string) => ({ path: { project_id: projectId } });

export const studiesQuery = (projectId: string, filter: StudyFilter) =>
  infiniteQueryOptions({
    queryKey: ['project', projectId, 'studies', 'list', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask<{ items: StudyRow[]; next: string | null; total: number }>(
        api.GET('/api/projects/{project_id}/studies', {
          params: { ...at(projectId), query: { ...filter, after: pageParam, limit: 100 } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const facetsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'studies', 'facets'],
    queryFn: () =>
      ask<Facets>(api.GET('/api/projects/{project_id}/studies/facets', { params: at(projectId) })),
  });

export const studyQuery = (studyId: string) =>
  queryOptions({
    queryKey: ['study', studyId],
    queryFn: () =>
      ask<StudyDetail>(
        api.GET('/api/studies/{study_id}', { params: { path: { study_id: studyId } } }),
      ),
  });

export const tagsQuery = (studyId: string, sopInstanceUid: string) =>
  queryOptions({
    queryKey: ['study', studyId, 'tags', sopInstanceUid],
    queryFn: async () =>
      (
        await ask<{ items: Tag[] }>(
          api.GET('/api/studies/{study_id}/tags', {
            params: {
              path: { study_id: studyId },
              query: { sop_instance_uid: sopInstanceUid },
            },
          }),
        )
      ).items,
  });

export const deleteStudy = (studyId: string) =>
  ask(api.DELETE('/api/studies/{study_id}', { params: { path: { study_id: studyId } } }));

export interface FilePage {
  items: ReceivedFile[];
  next: string | null;
  counts: Record<string, number>;
}

export const filesQuery = (projectId: string, state: string) =>
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

export const deleteFile = (fileId: string) =>
  ask(api.DELETE('/api/files/{file_id}', { params: { path: { file_id: fileId } } }));

export const knownFiles = (projectId: string, sha256: string[]) =>
  ask<{ known: string[] }>(
    api.POST('/api/projects/{project_id}/files/known', {
      params: at(projectId),
      body: { sha256 },
    }),
  );
