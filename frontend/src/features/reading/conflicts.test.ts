import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Problem } from '../../api/problem';
import type { AnnotationSave } from '../../api/reading';
import { answer, bench, EMPTY, items, mark, pass, revisionServer } from './autosaveBench';
import { type Draft, draftOf, owed, withLocal } from './draft';
import { browserDrafts, type DraftStore, keyedStore } from './draftStore';
import { stateText } from './items';

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await browserDrafts().drop('user-1', 'read-1');
});
afterEach(() => vi.useRealTimers());

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

  test('a place that was begun and given up before is gone on with, without asking', async () => {
    const server = revisionServer();
    const old = server.store({
      annotation_id: 'old-answer',
      kind: 'answer',
      parent_id: null,
      is_deleted: true,
      content: { label_keys: [] },
      fence: 3,
      active_ms: 0,
    });
    const { autosave, states, last } = bench((body, key) =>
      body.annotation_id === 'answer'
        ? Promise.reject(new Problem(412, 'stale-revision', '', '', { current: old }))
        : server.save(body, key),
    );
    autosave.note(items(answer('normal')));
    await pass(2000);
    expect(last()?.at).toBe('saved');
    expect(states.map(({ at }) => at)).not.toContain('conflict');
    expect(Object.keys(autosave.draft().items)).toEqual(['old-answer']);
    expect(server.heads.get('old-answer')?.revision.content).toEqual({ label_keys: ['normal'] });
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
    const crashed = bench(() => new Promise(() => undefined), { drafts });
    crashed.autosave.note(items(answer('normal'), mark('m')));
    await pass(1000);
    const local = await drafts.load('user-1', 'read-1');
    expect(local && owed(local).sort()).toEqual(['answer', 'm']);
    const { last } = bench(server.save, { start: withLocal(draftOf([]), local), drafts });
    await pass(1000);
    expect(last()?.at).toBe('saved');
    expect([...server.heads.keys()].sort()).toEqual(['answer', 'm']);
  });

  test('belong to their user and read', async () => {
    const drafts = browserDrafts();
    const at = { project_id: 'p', fence: 1, active_ms: 0 };
    await drafts.keep('user-1', 'read-1', { ...EMPTY, items: items(answer('normal')), at });
    expect([...(await drafts.all('user-1')).keys()]).toEqual(['read-1']);
    expect((await drafts.all('user-2')).size).toBe(0);
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
      all: () => Promise.reject(new DOMException('no')),
      count: () => Promise.reject(new DOMException('no')),
      readIds: () => Promise.reject(new DOMException('no')),
    };
    const { autosave, last, kept } = bench(server.save, { drafts: forbidden });
    autosave.note(items(answer('normal')));
    await pass(1000);
    expect(last()?.at).toBe('saved');
    expect(kept()?.isKeptHere).toBe(false);
  });
});

test('masks come back from this computer as they were painted, those kept in the old way too', async () => {
  const place = { label_key: 'liver', sop_instance_uid: '1.2', frame_number: 1 };
  const items = { s: { id: 's', kind: 'segment' as const, ...place, runs: [70_000, 3, 9, 4] } };
  const at = { project_id: 'p', fence: 1, active_ms: 0 };
  const kept = { items, known: {}, pending: {}, submit: null, at };
  for (const store of [browserDrafts(), keyedStore<typeof kept>('collimate')]) {
    await store.keep('user-1', 'read-1', kept);
    expect(await browserDrafts().load('user-1', 'read-1')).toEqual(kept);
    expect((await browserDrafts().all('user-1')).get('read-1')).toEqual(kept);
  }
});
