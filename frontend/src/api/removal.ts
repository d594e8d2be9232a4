/** Studies that were deleted: back again, or their images gone for good. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type DeletedStudy = Schemas['DeletedStudy'];
export type DeletionReason = Schemas['DeletionReason'];

export const REASONS: Record<DeletionReason, string> = {
  quality: 'Image quality',
  wrong_patient: 'Wrong patient',
  duplicate: 'Duplicate',
  not_eligible: 'Not eligible for this project',
  consent: 'Consent withdrawn',
  other: 'Other',
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
