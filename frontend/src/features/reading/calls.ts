/** What the reading room asks of the server. */
import { api, ask, Problem } from '../../api/client';
import { problemFrom } from '../../api/problem';
import type { Annotation, ReadingCase, SubmitReply } from '../../api/reading';
import type { components } from '../../api/schema';
import { t } from '../../words/t';
import type { PendingSave, Question, SaveAnswer } from './draft';

const ofRead = (readId: string) => ({ path: { read_id: readId } });
const ofProject = (projectId: string) => ({ path: { project_id: projectId } });
const withKey = (key: string) => ({ header: { 'Idempotency-Key': key } });

/** States in which a case is somebody's own but not held: it must be claimed before saving. */
const TO_CLAIM = ['returned', 'released', 'assigned', 'skipped'];

/** Hold the next case. Raises a `worklist-empty` problem where nothing is left to read. */
export async function claimNext(projectId: string): Promise<ReadingCase> {
  const claimed = await ask<ReadingCase | undefined>(
    api.POST('/api/projects/{project_id}/claim-next', { params: ofProject(projectId) }),
  );
  if (!claimed) throw new Problem(404, 'worklist-empty', t('Nothing left to read'), '');
  return claimed;
}

export const claimTask = (taskId: string) =>
  ask<ReadingCase>(
    api.POST('/api/tasks/{task_id}/claim', { params: { path: { task_id: taskId } } }),
  );

/** A case as it is, without taking it into the hand. */
export const lookAtRead = (readId: string) =>
  ask<ReadingCase>(api.GET('/api/reads/{read_id}', { params: ofRead(readId) }));

/** One's own case, held for reading where it can be. */
export async function openRead(readId: string): Promise<ReadingCase> {
  const found = await lookAtRead(readId);
  return TO_CLAIM.includes(found.read.state) ? claimTask(found.read.task_id) : found;
}

/** One's own submitted case, back in hand to be corrected. */
export async function reopenRead(readId: string): Promise<ReadingCase> {
  await ask(api.POST('/api/reads/{read_id}/reopen', { params: ofRead(readId) }));
  return openRead(readId);
}

export interface PeekedCase {
  study_id: string;
  study_uid: string;
  first: { series_uid: string; sop_instance_uid: string };
}

/** What would come next, without taking it; undefined when nothing would. */
export const peekNext = (projectId: string) =>
  ask<PeekedCase | undefined>(
    api.POST('/api/projects/{project_id}/peek-next', { params: ofProject(projectId) }),
  );

const saveAnnotation = (readId: string, { body, key }: PendingSave) =>
  ask<Annotation>(
    api.POST('/api/reads/{read_id}/annotations', {
      params: { ...ofRead(readId), ...withKey(key) },
      body,
    }),
  );

/** One request for all of them, answered one by one: a stroke may have changed many slices. */
export async function saveAnnotations(
  readId: string,
  saves: readonly PendingSave[],
): Promise<SaveAnswer[]> {
  const [first] = saves;
  if (first && saves.length === 1) return [await saveAnnotation(readId, first)];
  const { results } = await ask<{ results: SaveResult[] }>(
    api.POST('/api/reads/{read_id}/saves', {
      params: ofRead(readId),
      body: { saves: saves.map(({ body, key }) => ({ ...body, key })) },
    }),
  );
  return results.map(
    ({ annotation, problem }) => annotation ?? problemFrom(Number(problem?.status), problem),
  );
}

type SaveResult = components['schemas']['SaveOut'];

export type PromptsAsked = components['schemas']['PromptSessionIn'];
export type PromptsHeard = components['schemas']['PromptSessionOut'];

const ofPrompts = (readId: string, id: string) => ({
  path: { read_id: readId, prompt_session_id: id },
});

export const putPrompts = (readId: string, id: string, body: PromptsAsked) =>
  ask<PromptsHeard>(
    api.PUT('/api/reads/{read_id}/prompt-sessions/{prompt_session_id}', {
      params: ofPrompts(readId, id),
      body,
    }),
  );

export const hearPrompts = (readId: string, id: string, since: number) =>
  ask<PromptsHeard>(
    api.GET('/api/reads/{read_id}/prompt-sessions/{prompt_session_id}', {
      params: { ...ofPrompts(readId, id), query: { since } },
    }),
  );

export const closePrompts = (readId: string, id: string) =>
  ask<void>(
    api.DELETE('/api/reads/{read_id}/prompt-sessions/{prompt_session_id}', {
      params: ofPrompts(readId, id),
    }),
  );

export interface SubmitBody {
  fence: number;
  active_ms: number;
  revision_ids: string[];
}

/** `wants_next` holds the next case at once; the reply then carries it. */
export const submitRead = (readId: string, body: SubmitBody, key: string, wants_next: boolean) =>
  ask<SubmitReply>(
    api.POST('/api/reads/{read_id}/submit', {
      params: { ...ofRead(readId), ...withKey(key) },
      body: { ...body, wants_next },
    }),
  );

/** Locks the first read; the reply is the case with what was hidden until then. */
export const lockRead = (readId: string, body: SubmitBody, key: string) =>
  ask<ReadingCase>(
    api.POST('/api/reads/{read_id}/lock', {
      params: { ...ofRead(readId), ...withKey(key) },
      body,
    }),
  );

/** Asks a question and lets go of the case until it is answered. */
export const askQuestion = (
  readId: string,
  { id, text, place }: Question,
  { fence, active_ms }: SubmitBody,
  key: string,
  wants_next: boolean,
) =>
  ask<Pick<SubmitReply, 'next'>>(
    api.POST('/api/reads/{read_id}/issue', {
      params: { ...ofRead(readId), ...withKey(key) },
      body: { id, text, place, fence, active_ms, wants_next },
    }),
  );

export const renewLease = (readId: string, fence: number) =>
  ask<{ lease_until: string; fence: number }>(
    api.POST('/api/reads/{read_id}/renew', { params: ofRead(readId), body: { fence } }),
  );

export const skipRead = (
  readId: string,
  body: { fence: number; reason: string; active_ms: number },
) => ask(api.POST('/api/reads/{read_id}/skip', { params: ofRead(readId), body }));

export const releaseRead = (readId: string, fence: number) =>
  ask(api.POST('/api/reads/{read_id}/release', { params: ofRead(readId), body: { fence } }));
