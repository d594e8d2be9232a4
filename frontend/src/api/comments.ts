/** Comments beside a read: threads pinned to a place. */
import { queryOptions } from '@tanstack/react-query';
import { api, ask } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Thread = Schemas['ThreadOut'];

export type CommentSay = Schemas['CommentIn'];

export type CommentPlace = Schemas['PlaceOut'];

const at = (readId: string) => ({ params: { path: { read_id: readId } } });

export const commentsQuery = (readId: string) =>
  queryOptions({
    queryKey: ['read', readId, 'comments'],
    queryFn: async () =>
      (await ask<{ items: Thread[] }>(api.GET('/api/reads/{read_id}/comments', at(readId)))).items,
  });

export const sayComment = async (readId: string, body: CommentSay) =>
  (
    await ask<{ items: Thread[] }>(
      api.POST('/api/reads/{read_id}/comments', { ...at(readId), body }),
    )
  ).items;

/** Answers an issue: its case goes back to the reader who asked. */
export const answerIssue = (issueId: string, text: string) =>
  ask(
    api.POST('/api/comments/{comment_id}/answer', {
      params: { path: { comment_id: issueId } },
      body: { id: crypto.randomUUID(), text },
    }),
  );

export type Issue = Schemas['IssueRow'];
export type Issues = Schemas['IssueList'];

/** Questions that wait for an answer, and those answered last. */
export const issuesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'issues'],
    queryFn: () =>
      ask<Issues>(
        api.GET('/api/projects/{project_id}/issues', {
          params: { path: { project_id: projectId } },
        }),
      ),
  });

export const settleThread = (threadId: string, is_resolved: boolean) =>
  ask(
    api.PATCH('/api/comments/{comment_id}', {
      params: { path: { comment_id: threadId } },
      body: { is_resolved },
    }),
  );
