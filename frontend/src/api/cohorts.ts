/** Cohorts: studies chosen once, by name. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';
import type { StudyFilter } from './studies';

type Schemas = components['schemas'];

export type Cohort = Schemas['CohortOut'];

const at = (projectId: string) => ({ path: { project_id: projectId } });

export const cohortsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'studies', 'cohorts'],
    queryFn: async () =>
      (
        await ask<{ items: Cohort[] }>(
          api.GET('/api/projects/{project_id}/cohorts', { params: at(projectId) }),
        )
      ).items,
  });

export const saveCohort = (
  projectId: string,
  body: { name: string; filter: StudyFilter; freeze: boolean; study_ids?: string[] | null },
) => ask<Cohort>(api.POST('/api/projects/{project_id}/cohorts', { params: at(projectId), body }));

export type ChosenStudies =
  | { study_ids: string[]; filter?: undefined }
  | { filter: StudyFilter; study_ids?: undefined };

export const addToCohort = (cohortId: string, studies: ChosenStudies) =>
  ask<Cohort>(
    api.POST('/api/cohorts/{cohort_id}/studies', {
      params: { path: { cohort_id: cohortId } },
      body: studies,
    }),
  );

export const removeCohort = (cohortId: string) =>
  ask(api.DELETE('/api/cohorts/{cohort_id}', { params: { path: { cohort_id: cohortId } } }));

/** What the list of studies is narrowed to by a cohort. */
export const filterOfCohort = (cohort: Cohort): StudyFilter =>
  cohort.is_frozen
    ? { cohort: cohort.id }
    : Object.fromEntries(Object.entries(cohort.filter).filter(([, value]) => value !== null));
