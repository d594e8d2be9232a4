import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Problem } from '../../api/problem';
import type { ReadingCase } from '../../api/reading';
import { answer, bench, items, lost, mark, pass, REPLY, revisionServer } from './autosaveBench';
import type { SubmitBody } from './calls';
import { browserDrafts } from './draftStore';

const SHOWN = { stage: 'second' } as unknown as ReadingCase;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await browserDrafts().drop('user-1', 'read-1');
});
afterEach(() => vi.useRealTimers());

/** Submits that reached the server; the first `failures` of them lose their answer. */
function submits(failures: number, problem = lost()) {
  const sent: { body: SubmitBody; key: string }[] = [];
  const submit = async (body: SubmitBody, key: string) => {
    sent.push({ body, key });
    if (sent.length <= failures) throw problem;
    return REPLY;
  };
  return { sent, submit };
}

describe('submitting', () => {
  test('saves first, names the newest revisions, and forgets the draft', async () => {
    const server = revisionServer();
    const { sent, submit } = submits(0);
    const { autosave, submitted } = bench(server.save, { submit });
    autosave.note(items(answer('normal')));
    autosave.submit();
    await pass(500);
    expect(sent.map(({ body }) => body)).toEqual([
      { revision_ids: ['r1'], fence: 3, active_ms: 1234 },
    ]);
    expect(submitted).toEqual([REPLY]);
    expect(await browserDrafts().load('user-1', 'read-1')).toBeNull();
    // As the room does when the case is left.
    await autosave.settle();
    expect(sent).toHaveLength(1);
  });

  test('goes out while the browser still writes it down', async () => {
    const server = revisionServer();
    const { sent, submit } = submits(0);
    const drafts = { ...browserDrafts(), keep: () => new Promise<void>(() => undefined) };
    const { autosave, submitted } = bench(server.save, { drafts, submit });
    autosave.submit();
    await pass(100);
    expect(sent).toHaveLength(1);
    expect(submitted).toEqual([REPLY]);
  });

  test('offline it is kept and goes out by itself, once', async () => {
    const server = revisionServer();
    const { sent, submit } = submits(0);
    let isAway = true;
    const { autosave, submitted, last, kept } = bench(
      (body, key) => (isAway ? Promise.reject(lost()) : server.save(body, key)),
      { submit },
    );
    autosave.note(items(answer('normal')));
    autosave.submit();
    autosave.submit();
    await pass(5000);
    expect(last()?.at).toBe('offline');
    expect(kept()).toEqual({ changes: 1, isSubmitWaiting: true, isKeptHere: true });
    expect((await browserDrafts().load('user-1', 'read-1'))?.submit).toEqual({ sent: null });
    isAway = false;
    await pass(16_000);
    expect(sent).toHaveLength(1);
    expect(submitted).toEqual([REPLY]);
  });

  test('a lost answer is asked for again with the same key', async () => {
    const server = revisionServer();
    const { sent, submit } = submits(2);
    const { autosave, submitted } = bench(server.save, { submit });
    autosave.note(items(answer('normal')));
    autosave.submit();
    await pass(6000);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
    expect(submitted).toEqual([REPLY]);
  });

  test('a change made while it waits takes it back', async () => {
    const server = revisionServer();
    const { sent, submit } = submits(1);
    const { autosave, last, kept } = bench(server.save, { submit });
    autosave.note(items(answer('normal')));
    autosave.submit();
    await pass(500);
    expect(kept()?.isSubmitWaiting).toBe(true);
    autosave.note(items(answer('viral')));
    await pass(3000);
    expect(last()?.at).toBe('saved');
    expect(kept()?.isSubmitWaiting).toBe(false);
    expect(sent).toHaveLength(1);
  });

  test('after a crash the submit that waited goes out with the work it stands for', async () => {
    const server = revisionServer();
    const away = bench(() => Promise.reject(lost()));
    away.autosave.note(items(answer('normal'), mark('m')));
    away.autosave.submit();
    await pass(200);
    away.autosave.stop();
    const start = (await browserDrafts().load('user-1', 'read-1')) ?? undefined;
    const { sent, submit } = submits(0);
    const { submitted } = bench(server.save, { start, submit });
    await pass(500);
    expect(sent[0]?.body.revision_ids).toEqual(['r1', 'r2']);
    expect(submitted).toEqual([REPLY]);
  });

  test('what another window saved meanwhile is shown before anything is submitted', async () => {
    const server = revisionServer();
    const theirs = server.store({
      ...{ annotation_id: 'm', kind: 'box', parent_id: null, fence: 3, is_deleted: false },
      content: {
        ...{ label_key: 'nodule', sop_instance_uid: '1.2.3', frame_number: 1 },
        points: [
          [1, 1],
          [9, 9],
        ],
      },
    });
    const current = [theirs];
    const { submit } = submits(1, new Problem(412, 'revisions-moved', 'Moved', '', { current }));
    const { autosave, submitted, last } = bench(server.save, { submit });
    autosave.note(items(answer('normal')));
    autosave.submit();
    await pass(500);
    expect(last()?.at).toBe('moved');
    expect(Object.keys(autosave.draft().items)).toEqual(['m']);
    expect(submitted).toEqual([]);
  });

  test('a lock goes out like a submit, once, and the case stays on the table', async () => {
    const server = revisionServer();
    const locks: string[][] = [];
    let isAway = true;
    const { autosave, submitted, locked, last, kept } = bench(server.save, {
      lock: async ({ revision_ids }) => {
        if (isAway) throw lost();
        locks.push(revision_ids);
        return SHOWN;
      },
    });
    autosave.note(items(answer('normal')));
    autosave.submit({ isLock: true });
    await pass(1000);
    expect(kept()?.isSubmitWaiting).toBe(true);
    isAway = false;
    await pass(6000);
    expect(locks).toEqual([['r1']]);
    expect(locked).toEqual([SHOWN]);
    expect(last()?.at).toBe('saved');
    expect((await browserDrafts().load('user-1', 'read-1'))?.submit).toBeNull();
    autosave.note(items(answer('viral')));
    autosave.submit();
    await pass(1000);
    expect(submitted).toEqual([REPLY]);
  });

  test('a question asked offline is kept with the work and goes out after it, once', async () => {
    const server = revisionServer();
    const asked: string[] = [];
    let isAway = true;
    const { autosave, submitted } = bench(
      (body, key) => (isAway ? Promise.reject(lost()) : server.save(body, key)),
      {
        ask: async ({ text }) => {
          asked.push(`${text} after ${server.received.length} saves`);
          return { next: null };
        },
      },
    );
    autosave.note(items(answer('normal')));
    autosave.submit({ issue: { id: 'c1', text: 'A fold?', place: null } });
    await pass(1000);
    expect((await browserDrafts().load('user-1', 'read-1'))?.submit?.issue?.text).toBe('A fold?');
    isAway = false;
    await pass(6000);
    expect(asked).toEqual(['A fold? after 1 saves']);
    expect(submitted).toEqual([{ next: null }]);
    expect(await browserDrafts().load('user-1', 'read-1')).toBeNull();
  });

  test('a refused submit keeps the work, says why, and can be asked for again', async () => {
    const server = revisionServer();
    const { submit } = submits(1, new Problem(409, 'answer-missing', 'No answer', ''));
    const { autosave, submitted, last } = bench(server.save, { submit });
    autosave.note(items(mark('m')));
    autosave.submit();
    await pass(500);
    expect(last()).toMatchObject({ at: 'not-submitted', problem: { code: 'answer-missing' } });
    autosave.submit();
    await pass(500);
    expect(submitted).toEqual([REPLY]);
  });
});
