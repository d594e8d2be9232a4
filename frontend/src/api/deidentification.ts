/** How a project de-identifies, what waits for a look at its pixels, and what was done. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask, csrfHeaders, noteSignedOut } from './client';
import { problemFrom, unreachable } from './problem';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Deidentification = Schemas['DeidentificationOut'];

export type SafePrivateTag = Schemas['SafePrivateTag'];

export type HeldImage = Schemas['HeldImageOut'];

export type Preview = Schemas['DeidentificationPreview'];

export type Report = Schemas['DeidentificationReport'];

export type ImportRow = Schemas['ImportRow'];

export type Actions = Record<string, Record<string, number>>;

const at = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const deidentificationQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'deidentification'],
    queryFn: () =>
      ask<Deidentification>(api.GET('/api/projects/{project_id}/deidentification', at(projectId))),
  });

export const changeDeidentification = (
  projectId: string,
  body: Schemas['DeidentificationChange'],
) =>
  ask<Deidentification>(
    api.PATCH('/api/projects/{project_id}/deidentification', { ...at(projectId), body }),
  );

export const lookUp = (projectId: string, body: { patient_id: string; issuer: string }) =>
  ask<Schemas['LookedUpOut']>(
    api.POST('/api/projects/{project_id}/deidentification/look-up', {
      ...at(projectId),
      body: { ...body, uids: [] },
    }),
  );

/** Nothing of the file is kept by the server. Raises `Problem`. */
export async function previewFile(projectId: string, file: Blob): Promise<Preview> {
  const address = `/api/projects/${encodeURIComponent(projectId)}/deidentification/preview`;
  const headers = { 'Content-Type': 'application/octet-stream', ...csrfHeaders() };
  const response = await fetch(address, { method: 'POST', body: file, headers }).catch(() => {
    throw unreachable();
  });
  noteSignedOut(response.url, response.status);
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemFrom(response.status, answer);
  return answer as Preview;
}

export const heldQuery = (projectId: string, decided: boolean) =>
  infiniteQueryOptions({
    // Below `files`, so that news of received files refresh it.
    queryKey: ['project', projectId, 'files', 'held images', decided],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask<{ items: HeldImage[]; next: string | null }>(
        api.GET('/api/projects/{project_id}/held-images', {
          params: {
            path: { project_id: projectId },
            query: { decided, after: pageParam, limit: 100 },
          },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const heldFrameUrl = (heldImageId: string, frameNumber: number) =>
  `/api/held-images/${heldImageId}/frames/${frameNumber}`;

export const releaseHeld = (
  heldImageId: string,
  body: { boxes: number[][]; whole_series: boolean },
) =>
  ask<{ released_count: number }>(
    api.POST('/api/held-images/{held_image_id}/release', {
      params: { path: { held_image_id: heldImageId } },
      body,
    }),
  );

export const importsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'files', 'imports'],
    queryFn: async () =>
      (
        await ask<{ items: ImportRow[] }>(
          api.GET('/api/projects/{project_id}/imports', at(projectId)),
        )
      ).items,
  });

export const reportQuery = (projectId: string, importId: string | null) =>
  queryOptions({
    queryKey: ['project', projectId, 'files', 'report', importId],
    queryFn: () =>
      ask<Report>(
        api.GET('/api/projects/{project_id}/deidentification/report', {
          params: {
            path: { project_id: projectId },
            query: { import_id: importId ?? undefined },
          },
        }),
      ),
  });
