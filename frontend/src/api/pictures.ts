/** Pictures that come with a table: what would come of them, and what is known of each. */
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type PicturesIn = Schemas['PicturesIn'];
export type PictureCheck = Schemas['PictureCheck'];
export type PictureColumns = Schemas['ColumnsIn'];
export type PictureFacts = Schemas['PictureFacts'];

const at = (projectId: string) => ({ path: { project_id: projectId } });

export const checkPictures = (projectId: string, body: PicturesIn) =>
  ask<PictureCheck>(
    api.POST('/api/projects/{project_id}/pictures/check', { params: at(projectId), body }),
  );

export const orderPictures = (projectId: string, body: PicturesIn) =>
  ask<Schemas['KnownPictures']>(
    api.POST('/api/projects/{project_id}/pictures', { params: at(projectId), body }),
  );
