/** Studies that were deleted, and patients erased everywhere. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { t } from '../words/t';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type DeletedStudy = Schemas['DeletedStudy'];
export type DeletionReason = Schemas['DeletionReason'];

export const REASONS: Record<DeletionReason, string> = {
  quality: t('Image quality'),
  wrong_patient: t('Wrong patient'),
  duplicate: t('Duplicate'),
  not_eligible: t('Not eligible for this project'),
  consent: t('Consent withdrawn'),
  other: t('Other'),
};

export const deletedStudiesQuery = (projectId: string) =>
  infiniteQueryOptions({
    queryKey: ['project', projectId, 'studies', 'deleted'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask<Schemas['DeletedStudyPage']>(
        api.GET('/api/projects/{project_id}/deleted-studies', {
          params: { path: { project_id: projectId }, query: { after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

const one = (studyId: string) => ({ params: { path: { deleted_study_id: studyId } } });

export const restoreStudy = (studyId: string) =>
  ask(api.POST('/api/deleted-studies/{deleted_study_id}/restore', one(studyId)));

export const purgeStudy = (studyId: string) =>
  ask(api.POST('/api/deleted-studies/{deleted_study_id}/purge', one(studyId)));

export const deleteStudy = (studyId: string, reason: DeletionReason) =>
  ask(
    api.DELETE('/api/studies/{study_id}', {
      params: { path: { study_id: studyId }, query: { reason } },
    }),
  );

export const deleteStudies = (
  projectId: string,
  studies: Schemas['Chosen'],
  reason: DeletionReason,
) =>
  ask<Schemas['StudiesMoved']>(
    api.POST('/api/projects/{project_id}/deleted-studies', {
      ...at(projectId),
      body: { studies, reason },
    }),
  );

export const restoreStudies = (projectId: string, studyIds: string[]) =>
  ask<Schemas['StudiesMoved']>(
    api.POST('/api/projects/{project_id}/deleted-studies/restore', {
      ...at(projectId),
      body: { study_ids: studyIds },
    }),
  );

export type Erasure = Schemas['ErasureOut'];
export type ErasurePreview = Schemas['ErasurePreview'];

const at = (projectId: string) => ({ params: { path: { project_id: projectId } } });
const WATCH_MS = 1000;

export const erasuresQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'erasures'],
    queryFn: async () =>
      (
        await ask<{ items: Erasure[] }>(
          api.GET('/api/projects/{project_id}/erasures', at(projectId)),
        )
      ).items,
    refetchInterval: ({ state }) =>
      state.data?.some((erasure) => !erasure.finished_at) ? WATCH_MS : false,
  });

export const previewErasure = (projectId: string, pseudonym: string) =>
  ask<ErasurePreview>(
    api.POST('/api/projects/{project_id}/erasures/preview', {
      ...at(projectId),
      body: { pseudonym },
    }),
  );

export const orderErasure = (projectId: string, pseudonym: string) =>
  ask<Erasure>(
    api.POST('/api/projects/{project_id}/erasures', { ...at(projectId), body: { pseudonym } }),
  );

export const certificateUrl = (erasureId: string) => `/api/erasures/${erasureId}/certificate`;
