/** Clinical texts of studies, for those who manage the data. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type StudyText = Schemas['StudyTextOut'];

/** What looked as if it said who someone is, and the line it stands in. */
export interface TextSign {
  readonly sign: 'date' | 'number' | 'name' | 'contact';
  readonly line_number: number;
}

const of = (studyId: string) => ({ params: { path: { study_id: studyId } } });

/** Each look leaves an audit row, so it is not asked for again by itself. */
export const studyTextQuery = (studyId: string) =>
  queryOptions({
    queryKey: ['study', studyId, 'text'],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: () => ask<StudyText>(api.GET('/api/studies/{study_id}/text', of(studyId))),
  });

export const writeStudyText = (
  studyId: string,
  body: Omit<Schemas['StudyTextIn'], 'is_deidentified'>,
) =>
  ask<StudyText>(
    api.PUT('/api/studies/{study_id}/text', {
      ...of(studyId),
      body: { ...body, is_deidentified: true },
    }),
  );

export const removeStudyText = (studyId: string) =>
  ask(api.DELETE('/api/studies/{study_id}/text', of(studyId)));
