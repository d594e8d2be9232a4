/** The guide of a project: its guideline, and what each label means, with examples. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Guide = Schemas['Guide'];

export type GuideLabel = Schemas['GuideLabel'];

const at = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const guideQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'guide'],
    queryFn: () => ask<Guide>(api.GET('/api/projects/{project_id}/guide', at(projectId))),
  });

export const addExample = (projectId: string, body: Schemas['ExampleIn']) =>
  ask<Guide>(api.POST('/api/projects/{project_id}/guide/examples', { ...at(projectId), body }));

export const removeExample = (exampleId: string) =>
  ask(
    api.DELETE('/api/guide-examples/{example_id}', {
      params: { path: { example_id: exampleId } },
    }),
  );
