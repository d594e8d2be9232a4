/** Projects, their rules, members and label schemas. */
import { queryOptions } from '@tanstack/react-query';
import { t } from '../words/t';
import type { Role } from './access';
import { api, ask, Problem } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type ReadingRules = Schemas['ReadingRulesOut'];

export type LearningRules = Schemas['LearningRulesOut'];

export type Project = Schemas['ProjectOut'];

export type Member = Schemas['MemberOut'];

export type LabelKind = Schemas['LabelOut']['kind'];

export type LabelIn = Schemas['LabelIn'];

export type Label = Schemas['LabelOut'];

/** Something asked beside the labels: of the study, its series and images, or a region. */
export type Attribute = Schemas['AttributeOut'];

export type AttributeIn = Schemas['AttributeIn'];

export type AttributeKind = Attribute['kind'];

export type AttributeScope = Attribute['scope'];

export type AnswerMode = 'single' | 'multi' | 'none';

export type LabelSchema = Schemas['LabelSchemaOut'];

const at = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: async () => (await ask<{ items: Project[] }>(api.GET('/api/projects'))).items,
});

export const projectQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'detail'],
    queryFn: () => ask<Project>(api.GET('/api/projects/{project_id}', at(projectId))),
  });

export const createProject = (body: { name: string; purpose: string }) =>
  ask<Project>(api.POST('/api/projects', { body }));

export type ProjectChange = Schemas['ProjectChange'];

export const changeProject = (projectId: string, body: ProjectChange) =>
  ask<Project>(api.PATCH('/api/projects/{project_id}', { ...at(projectId), body }));

export const membersQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'members'],
    queryFn: async () =>
      (await ask<{ items: Member[] }>(api.GET('/api/projects/{project_id}/members', at(projectId))))
        .items,
  });

export const putMember = (projectId: string, body: { email: string; role: Role }) =>
  ask<Member>(api.PUT('/api/projects/{project_id}/members', { ...at(projectId), body }));

export const removeMember = (projectId: string, userId: string) =>
  ask(
    api.DELETE('/api/projects/{project_id}/members/{user_id}', {
      params: { path: { project_id: projectId, user_id: userId } },
    }),
  );

export const labelSchemaQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'label-schema'],
    queryFn: async () => {
      const { items } = await ask<{ items: LabelSchema[] }>(
        api.GET('/api/projects/{project_id}/label-schemas', at(projectId)),
      );
      const [newest] = items;
      if (!newest)
        throw new Problem(404, 'schema-not-found', t('There is no label schema yet'), '');
      return newest;
    },
  });

export const saveLabelSchema = (projectId: string, body: Schemas['LabelSchemaIn']) =>
  ask<LabelSchema>(api.POST('/api/projects/{project_id}/label-schema', { ...at(projectId), body }));
