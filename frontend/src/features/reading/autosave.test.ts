import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Problem } from '../../api/problem';
import type { AnnotationSave } from '../../api/reading';
import { GATHER_MS } from './autosave';
import { answer, bench, items, lost, mark, pass, revisionServer } from './autosaveBench';
import { revisionIds } from './draft';
import { browserDrafts } from './draftStore';

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await browserDrafts().drop('user-1', 'read-1');
});
afterEach(() => vi.useRealTimers());

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

  test('work that goes on while a save is under way is saved too', async () => {
    const server = revisionServer();
    const { autosave, last } = bench(async (body, key) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return server.save(body, key);
    });
    autosave.note(items(mark('a')));
    await pass(GATHER_MS + 100);
    autosave.note(items(mark('a'), mark('b')));
    await pass(3000);
    expect(last()?.at).toBe('saved');
    expect([...server.heads.keys()].sort()).toEqual(['a', 'b']);
    expect(revisionIds(autosave.draft())).toHaveLength(2);
  });

  test('offline keeps trying, and work done meanwhile arrives', async () => {
    const server = revisionServer();
    let failures = 4;
    const { autosave, last, kept } = bench((body, key) =>
      failures-- > 0 ? Promise.reject(lost()) : server.save(body, key),
    );
    autosave.note(items(mark('a')));
    await pass(2000);
    autosave.note(items(mark('a'), mark('b')));
    expect(last()).toEqual({ at: 'offline', since: 1_000_000 });
    expect(kept()?.changes).toBe(2);
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

  test('one stroke through many slices is one request, and each slice gets its own answer', async () => {
    const server = revisionServer();
    const requests: number[] = [];
    const { autosave, last } = bench(server.save, { onRequest: (count) => requests.push(count) });
    const slices = Array.from({ length: 130 }, (_, at) => mark(`s${at}`));
    autosave.note(items(...slices));
    await pass(1500);
    expect(requests).toEqual([100, 30]);
    expect(server.heads.size).toBe(130);
    expect(revisionIds(autosave.draft())).toHaveLength(130);
    // another window changed one of them: that one is a conflict, the others are saved
    const theirs = server.store({
      ...(server.received[3]?.body as never as AnnotationSave),
      parent_id: server.heads.get('s3')?.revision.id ?? null,
    });
    autosave.note(items(...slices.map(({ id }) => mark(id, 20))));
    await pass(1500);
    expect(last()).toEqual({ at: 'conflict', id: 's3', theirs });
    expect(server.heads.get('s99')?.revision.number).toBe(2);
    expect(server.heads.get('s3')?.revision.id).toBe(theirs.revision.id);
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
