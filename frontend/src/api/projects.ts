/** Projects, their rules, members and label schemas. */
import { queryOptions } from '@tanstack/react-query';
import type { Role } from './access';
import { api, ask } from './client';

export interface ReadingRules {
  wanted_reads: number;
  is_blinded: boolean;
  review_required: boolean;
  show_reason: boolean;
  show_suggestion: boolean;
  guideline: string;
}

export interface LearningRules {
  strategy: string;
  batch_size: number;
  control_share: number;
  holdout_share: number;
  evaluation_share: number;
  is_on: boolean;
}

export interface Project {
  id: string;
  name: string;
  purpose: string;
  is_demo: boolean;
  role: Role | null;
  reading_rules: ReadingRules;
  learning_rules: LearningRules;
  created_at: string;
}

export interface Member {
  user_id: string;
  name: string;
  email: string;
  role: Role;
}

export type LabelKind = 'class' | 'box' | 'polygon' | 'length';

export interface LabelIn {
  /** Null lets the server make one from the name. */
  key: string | null;
  name: string;
  kind: LabelKind;
  colour: string;
  hotkey: string | null;
  code_scheme: string | null;
  code_value: string | null;
  code_meaning: string | null;
}

export interface Label extends LabelIn {
  id: string;
  key: string;
  position: number;
}

export type AnswerMode = 'single' | 'multi' | 'none';

export interface LabelSchema {
  id: string;
  project_id: string;
  version: number;
  question: string;
  answer_mode: AnswerMode;
  is_used: boolean;
  labels: Label[];
}

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

export interface ProjectChange {
  name?: string;
  purpose?: string;
  reading_rules?: ReadingRules;
  learning_rules?: LearningRules;
}

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
    queryFn: () =>
      ask<LabelSchema>(api.GET('/api/projects/{project_id}/label-schema', at(projectId))),
  });

export const saveLabelSchema = (
  projectId: string,
  body: { question: string; answer_mode: AnswerMode; labels: LabelIn[] },
) =>
  ask<LabelSchema>(api.POST('/api/projects/{project_id}/label-schema', { ...at(projectId), body }));
