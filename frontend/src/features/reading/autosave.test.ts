import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Problem } from '../../api/problem';
import type { Annotation, AnnotationSave } from '../../api/reading';
import { imagePoint } from '../../geometry/units';
import type { Mark } from '../../viewer/marks';
import { type Autosave, createAutosave, GATHER_MS, type SaveState } from './autosave';
import { type Draft, draftOf, owed, revisionIds, withLocal } from './draft';
import { browserDrafts, type DraftStore } from './draftStore';
import { type Answer, type Items, stateText } from './items';

const answer = (...label_keys: string[]): Answer => ({ id: 'answer', kind: 'answer', label_keys });

const mark = (id: string, x = 10): Mark => ({
  id,
  kind: 'box',
  label_key: 'nodule',
  sop_instance_uid: '1.2.3',
  frame_number: 1,
  points: [imagePoint(x, 10), imagePoint(x + 20, 30)],
});

/** A server that keeps revisions as the real one does: parents checked, keys answered twice alike. */
function revisionServer() {
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

const EMPTY = draftOf([]);
const lost = () => new Problem(0, 'unreachable', 'Unreachable', '');

interface Bench {
  autosave: Autosave;
  states: SaveState[];
  last: () => SaveState | undefined;
}

function bench(
  save: (body: AnnotationSave, key: string) => Promise<Annotation>,
  start: Draft = EMPTY,
  drafts: DraftStore = browserDrafts(),
): Bench {
  const states: SaveState[] = [];
  let keys = 0;
  const run = Math.random().toString(36).slice(2);
  const autosave = createAutosave(
    {
      userId: 'user-1',
      readId: 'read-1',
      fence: 3,
      save,
      drafts,
      activeMs: () => 1234,
      newKey: () => `${run}-${++keys}`,
      now: () => 1_000_000,
      onState: (state) => states.push(state),
    },
    start,
  );
  return { autosave, states, last: () => states.at(-1) };
}

const items = (...list: (Answer | Mark)[]): Items =>
  Object.fromEntries(list.map((item) => [item.id, item]));

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await browserDrafts().drop('user-1', 'read-1');
});
afterEach(() => vi.useRealTimers());

/** Lets a second of timers and the promises between them pass. */
async function pass(milliseconds: number): Promise<void> {
  for (let gone = 0; gone < milliseconds; gone += 50) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('autosave', () => {
  test('a change is on the server within a second, with parent, fence and active time', async () => {
    const server = revisionServer();
    const { autosave, last } = bench(server.save);
    autosave.note(items(answer('normal')));
    await pass(1000);
    expect(last()).toEqual({ at: 'saved', time: 1_000_000 });
    expect(server.received.map(({ body }) => body)).toEqual([
      {
        annotation_id: 'answer',
        kind: 'answer',
        parent_id: null,
        is_deleted: false,
        content: { label_keys: ['normal'] },
        fence: 3,
        active_ms: 1234,
      },
    ]);
  });

  test('a quick run of changes is one revision; each later one names its parent', async () => {
    const server = revisionServer();
    const { autosave } = bench(server.save);
    for (const x of [1, 2, 3, 4]) autosave.note(items(mark('m', x)));
    await pass(1000);
    autosave.note(items(mark('m', 9)));
    await pass(1000);
    expect(server.received).toHaveLength(2);
    expect(server.received[1]?.body.parent_id).toBe('r1');
    expect(server.heads.get('m')?.revision.content).toMatchObject({
      points: [
        [9, 10],
        [29, 30],
      ],
    });
  });

  test('a mark taken away is a revision that deletes, and undoing that brings it back', async () => {
    const server = revisionServer();
    const { autosave } = bench(server.save);
    const both = items(mark('m'));
    autosave.note(both);
    await pass(1000);
    autosave.note({});
    await pass(1000);
    expect(server.heads.get('m')?.revision.is_deleted).toBe(true);
    expect(server.heads.get('m')?.kind).toBe('box');
    autosave.note({ ...both });
    await pass(1000);
    expect(server.heads.get('m')?.revision).toMatchObject({ is_deleted: false, number: 3 });
    expect(revisionIds(autosave.draft())).toEqual(['r3']);
  });

  test('going back to the saved state before it was sent sends nothing', async () => {
    const server = revisionServer();
    const { autosave } = bench(server.save);
    autosave.note(items(mark('m')));
    autosave.note({});
    await pass(1000);
    expect(server.received).toEqual([]);
  });

  test('a lost answer is asked for again word for word, and there is one revision', async () => {
    const server = revisionServer();
    let isDown = true;
    const { autosave, states, last } = bench(async (body, key) => {
      const saved = await server.save(body, key);
      if (isDown) throw lost();
      return saved;
    });
    autosave.note(items(answer('normal')));
    await pass(1000);
    expect(last()?.at).toBe('offline');
    autosave.note(items(answer('viral')));
    isDown = false;
    await pass(3000);
    expect(last()?.at).toBe('saved');
    expect(states.filter(({ at }) => at === 'conflict')).toEqual([]);
    const keys = server.received.map(({ key }) => key);
    expect(keys[1]).toBe(keys[0]);
    expect(server.received[1]?.body).toEqual(server.received[0]?.body);
    expect(server.heads.get('answer')?.revision).toMatchObject({
      number: 2,
      content: { label_keys: ['viral'] },
    });
  });

  test('offline keeps trying, and work done meanwhile arrives', async () => {
    const server = revisionServer();
    let failures = 4;
    const { autosave, last } = bench((body, key) =>
      failures-- > 0 ? Promise.reject(lost()) : server.save(body, key),
    );
    autosave.note(items(mark('a')));
    await pass(2000);
    autosave.note(items(mark('a'), mark('b')));
    expect(last()).toEqual({ at: 'offline', since: 1_000_000 });
    await pass(16_000);
    expect(last()?.at).toBe('saved');
    expect([...server.heads.keys()].sort()).toEqual(['a', 'b']);
  });

  test('signed out waits, and goes on after signing in', async () => {
    const server = revisionServer();
    let isOut = true;
    const { autosave, last } = bench((body, key) =>
      isOut ? Promise.reject(new Problem(401, 'not-signed-in', '', '')) : server.save(body, key),
    );
    autosave.note(items(answer('normal')));
    await pass(1000);
    expect(last()?.at).toBe('signed-out');
    isOut = false;
    autosave.resume();
    await pass(1000);
    expect(last()?.at).toBe('saved');
  });

  test('settle sends at once and says whether everything is safe', async () => {
    const server = revisionServer();
    const { autosave } = bench(server.save);
    autosave.note(items(answer('normal')));
    const settled = autosave.settle();
    await pass(GATHER_MS / 4);
    expect(await settled).toBe(true);
    const offline = bench(() => Promise.reject(lost())).autosave;
    offline.note(items(answer('normal')));
    const failed = offline.settle();
    await pass(100);
    expect(await failed).toBe(false);
  });
});

describe('conflicts', () => {
  async function conflicting() {
    const server = revisionServer();
    const made = bench(server.save);
    made.autosave.note(items(mark('m', 1)));
    await pass(1000);
    server.store({
      ...(server.received[0]?.body as AnnotationSave),
      parent_id: 'r1',
      content: {
        ...(mark('m', 50) as object),
        points: [
          [50, 10],
          [70, 30],
        ],
      } as never,
    });
    made.autosave.note(items(mark('m', 5)));
    await pass(1000);
    return { server, ...made };
  }

  test('a stale parent stops and shows both; nothing is overwritten', async () => {
    const { server, last } = await conflicting();
    expect(last()).toMatchObject({ at: 'conflict', id: 'm', theirs: { revision: { id: 'r2' } } });
    expect(server.heads.get('m')?.revision.id).toBe('r2');
  });

  test('keeping mine makes a revision on top of theirs', async () => {
    const { server, autosave, last } = await conflicting();
    autosave.resolve('mine');
    await pass(1000);
    expect(last()?.at).toBe('saved');
    expect(server.heads.get('m')?.revision).toMatchObject({
      parent_id: 'r2',
      content: {
        points: [
          [5, 10],
          [25, 30],
        ],
      },
    });
  });

  test('taking theirs changes the work here and sends nothing', async () => {
    const { server, autosave, last } = await conflicting();
    const sent = server.received.length;
    expect(autosave.resolve('theirs').m).toMatchObject({
      points: [
        [50, 10],
        [70, 30],
      ],
    });
    await pass(1000);
    expect(last()?.at).toBe('saved');
    expect(server.received).toHaveLength(sent);
  });

  test('two windows that began the one answer agree on the id the server has', async () => {
    const server = revisionServer();
    const theirs = server.store({
      annotation_id: 'their-answer',
      kind: 'answer',
      parent_id: null,
      is_deleted: false,
      content: { label_keys: ['viral'] },
      fence: 3,
      active_ms: 0,
    });
    const { autosave, last } = bench((body, key) =>
      body.annotation_id === 'answer'
        ? Promise.reject(new Problem(412, 'stale-revision', '', '', { current: theirs }))
        : server.save(body, key),
    );
    autosave.note(items(answer('normal')));
    await pass(1000);
    expect(last()?.at).toBe('conflict');
    expect(Object.keys(autosave.resolve('mine'))).toEqual(['their-answer']);
    await pass(1000);
    expect(server.heads.get('their-answer')?.revision.content).toEqual({ label_keys: ['normal'] });
  });

  test('a lost lease keeps what was stored and stops until it is taken back', async () => {
    const server = revisionServer();
    let isHeld = false;
    const { autosave, last } = bench(async (body, key) => {
      const annotation = await server.save(body, key);
      if (isHeld) return annotation;
      throw new Problem(409, 'lease-lost', '', '', { annotation });
    });
    autosave.note(items(answer('normal')));
    await pass(1000);
    expect(last()?.at).toBe('lease-lost');
    isHeld = true;
    autosave.note(items(answer('viral')));
    autosave.resume(4);
    await pass(1000);
    expect(last()?.at).toBe('saved');
    expect(server.received.at(-1)?.body).toMatchObject({ fence: 4, parent_id: 'r1' });
  });

  test('a refusal is shown, and the next change is tried', async () => {
    const server = revisionServer();
    const { autosave, last } = bench((body, key) =>
      body.annotation_id === 'bad'
        ? Promise.reject(new Problem(422, 'mark-outside-image', 'Outside', ''))
        : server.save(body, key),
    );
    autosave.note(items(mark('bad')));
    await pass(1000);
    expect(last()).toMatchObject({ at: 'refused', problem: { code: 'mark-outside-image' } });
    autosave.note(items(mark('good')));
    await pass(1000);
    expect(last()?.at).toBe('saved');
    expect([...server.heads.keys()]).toEqual(['good']);
  });
});

describe('drafts on this computer', () => {
  test('what the server never got is there after a crash, and is sent on opening', async () => {
    const server = revisionServer();
    const drafts = browserDrafts();
    const crashed = bench(() => new Promise(() => undefined), EMPTY, drafts);
    crashed.autosave.note(items(answer('normal'), mark('m')));
    await pass(1000);
    const local = await drafts.load('user-1', 'read-1');
    expect(local && owed(local).sort()).toEqual(['answer', 'm']);
    const { last } = bench(server.save, withLocal(draftOf([]), local), drafts);
    await pass(1000);
    expect(last()?.at).toBe('saved');
    expect([...server.heads.keys()].sort()).toEqual(['answer', 'm']);
  });

  test('belong to their user and read', async () => {
    const drafts = browserDrafts();
    await drafts.keep('user-1', 'read-1', { ...EMPTY, items: items(answer('normal')) });
    expect(await drafts.load('user-2', 'read-1')).toBeNull();
    expect(await drafts.load('user-1', 'read-2')).toBeNull();
    await drafts.drop('user-1', 'read-1');
    expect(await drafts.load('user-1', 'read-1')).toBeNull();
  });

  test('what is saved here and was changed elsewhere comes from the server', () => {
    const server = draftOf([
      {
        id: 'm',
        kind: 'box',
        revision: {
          id: 'r9',
          number: 9,
          parent_id: 'r8',
          is_deleted: false,
          content: {
            ...(mark('m', 40) as object),
            points: [
              [40, 1],
              [60, 9],
            ],
          } as never,
          created_at: '2026-01-01T00:00:00Z',
        },
      },
    ]);
    const clean: Draft = {
      items: items(mark('m')),
      known: { m: { kind: 'box', revision_id: 'r1', state: stateText(mark('m')) } },
      pending: {},
      submit: null,
    };
    expect(withLocal(server, clean)).toEqual(server);
    expect(withLocal(server, null)).toBe(server);
    const dirty = { ...clean, items: items(mark('m', 77)) };
    const merged = withLocal(server, dirty);
    expect(merged.items.m).toEqual(mark('m', 77));
    // The parent stays the one the work was made from, so the server will notice.
    expect(merged.known.m?.revision_id).toBe('r1');
  });

  test('a browser that forbids its database still saves to the server', async () => {
    const server = revisionServer();
    const forbidden: DraftStore = {
      load: () => Promise.reject(new DOMException('no')),
      keep: () => Promise.reject(new DOMException('no')),
      drop: () => Promise.reject(new DOMException('no')),
    };
    const { autosave, last } = bench(server.save, EMPTY, forbidden);
    autosave.note(items(answer('normal')));
    await pass(1000);
    expect(last()?.at).toBe('saved');
  });
});
