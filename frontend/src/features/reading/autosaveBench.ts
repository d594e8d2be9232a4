/** What the tests of saving share: a server that keeps revisions, and a bench to save from. */
import { vi } from 'vitest';
import { Problem } from '../../api/problem';
import type { Annotation, AnnotationSave, ReadingCase, SubmitReply } from '../../api/reading';
import { imagePoint } from '../../geometry/units';
import type { Mark } from '../../viewer/marks';
import { createAutosave } from './autosave';
import type { Autosave, AutosaveParts, NextCase } from './autosaveParts';
import type { SubmitBody } from './calls';
import { type Draft, draftOf } from './draft';
import { browserDrafts, type DraftStore } from './draftStore';
import type { Answer, Items } from './items';
import type { Kept, SaveState } from './saveState';

export const answer = (...label_keys: string[]): Answer => ({
  id: 'answer',
  kind: 'answer',
  label_keys,
});

export const mark = (id: string, x = 10): Mark => ({
  id,
  kind: 'box',
  label_key: 'nodule',
  sop_instance_uid: '1.2.3',
  frame_number: 1,
  points: [imagePoint(x, 10), imagePoint(x + 20, 30)],
});

/** A server that keeps revisions as the real one does: parents checked, keys answered twice alike. */
export function revisionServer() {
  const heads = new Map<string, Annotation>();
  const answers = new Map<string, Annotation>();
  const received: { body: AnnotationSave; key: string }[] = [];
  let count = 0;
  const store = (body: AnnotationSave): Annotation => {
    const head = heads.get(body.annotation_id);
    if ((head?.revision.id ?? null) !== body.parent_id)
      throw new Problem(412, 'stale-revision', 'Stale', '', { current: head ?? null });
    count += 1;
    const annotation: Annotation = {
      id: body.annotation_id,
      kind: body.kind,
      revision: {
        id: `r${count}`,
        number: (head?.revision.number ?? 0) + 1,
        parent_id: body.parent_id,
        is_deleted: body.is_deleted ?? false,
        content: body.content,
        created_at: '2026-01-01T00:00:00Z',
      },
    };
    heads.set(body.annotation_id, annotation);
    return annotation;
  };
  const save = async (body: AnnotationSave, key: string): Promise<Annotation> => {
    received.push({ body, key });
    const known = answers.get(key);
    if (known) return known;
    const made = store(body);
    answers.set(key, made);
    return made;
  };
  return { heads, received, save, store };
}

export const EMPTY = draftOf([]);
export const lost = () => new Problem(0, 'unreachable', 'Unreachable', '');

export interface Bench {
  autosave: Autosave;
  states: SaveState[];
  submitted: NextCase[];
  locked: ReadingCase[];
  last: () => SaveState | undefined;
  kept: () => Kept | undefined;
}

interface Stand {
  start?: Draft;
  drafts?: DraftStore;
  submit?: (body: SubmitBody, key: string) => Promise<SubmitReply>;
  lock?: (body: SubmitBody, key: string) => Promise<ReadingCase>;
  ask?: AutosaveParts['ask'];
  /** Hears of each request to save, with how many it carries. */
  onRequest?: (count: number) => void;
}

/** Problems of one save among many; others are those of the request. */
const isOwn = (error: unknown): error is Problem =>
  error instanceof Problem && [409, 412, 422].includes(error.status);

export const REPLY: SubmitReply = { submission_id: 's1', next: null };

export function bench(
  save: (body: AnnotationSave, key: string) => Promise<Annotation>,
  {
    start = EMPTY,
    drafts = browserDrafts(),
    submit = async () => REPLY,
    lock = () => Promise.reject(lost()),
    ask = () => Promise.reject(lost()),
    onRequest = () => undefined,
  }: Stand = {},
): Bench {
  const states: SaveState[] = [];
  const submitted: NextCase[] = [];
  const locked: ReadingCase[] = [];
  let kept: Kept | undefined;
  let keys = 0;
  const run = Math.random().toString(36).slice(2);
  const autosave = createAutosave(
    {
      userId: 'user-1',
      projectId: 'project-1',
      readId: 'read-1',
      fence: 3,
      // As the server answers many: each by itself, what it refuses as a problem, not an error.
      save: (saves) => {
        onRequest(saves.length);
        return Promise.all(
          saves.map(({ body, key }) =>
            save(body, key).catch((error: unknown) => {
              if (saves.length > 1 && isOwn(error)) return error;
              throw error;
            }),
          ),
        );
      },
      submit,
      ask,
      lock,
      drafts,
      activeMs: () => 1234,
      newKey: () => `${run}-${++keys}`,
      now: () => 1_000_000,
      onState: (state, keptNow) => {
        states.push(state);
        kept = keptNow;
      },
      onItems: () => undefined,
      onSubmitted: (reply) => submitted.push(reply),
      onLocked: (reading) => locked.push(reading),
    },
    start,
  );
  return { autosave, states, submitted, locked, last: () => states.at(-1), kept: () => kept };
}

export const items = (...list: (Answer | Mark)[]): Items =>
  Object.fromEntries(list.map((item) => [item.id, item]));

/** Lets a second of timers and the promises between them pass. */
export async function pass(milliseconds: number): Promise<void> {
  for (let gone = 0; gone < milliseconds; gone += 50) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
