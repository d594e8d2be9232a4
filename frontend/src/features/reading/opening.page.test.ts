import * as threads from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { ReadingCase } from '../../api/reading';
import { answer } from './autosaveBench';
import { ifCaseIsClosed } from './caseLock';
import { draftOf, type KeptDraft } from './draft';
import { openCase } from './opening';

// The page of the tests has no locks; those of Node keep the same rules.
const { locks } = threads as unknown as { locks: LockManager };
Object.defineProperty(navigator, 'locks', { value: locks });

const AT = { project_id: 'p', fence: 1, active_ms: 0 };
const KEPT: KeptDraft = { ...draftOf([]), items: { answer: answer('viral') }, at: AT };

/** A server with one case, a browser that keeps an answer to it, and what sends one to the other. */
function clinic() {
  const server = { said: 'nothing', asked: 0 };
  const kept = new Map([['r', KEPT]]);
  const snapshot = (state = 'draft') =>
    ({
      read: { id: 'r', state },
      annotations:
        server.said === 'nothing'
          ? []
          : [
              {
                id: 'answer',
                kind: 'answer',
                revision: { id: 'r1', content: { label_keys: [server.said] }, is_deleted: false },
              },
            ],
    }) as unknown as ReadingCase;
  const sources = {
    open: async () => {
      server.asked += 1;
      return snapshot();
    },
    drafts: { load: async (_user: string, readId: string) => kept.get(readId) ?? null },
  };
  const outboxOfAnotherWindow = (whileAtIt: () => Promise<void> = async () => undefined) =>
    ifCaseIsClosed('r', async () => {
      await whileAtIt();
      server.said = 'viral';
      kept.delete('r');
    });
  return { server, sources, snapshot, outboxOfAnotherWindow };
}

const shown = ({ draft }: Awaited<ReturnType<typeof openCase>>) => draft.items.answer;

test('what another window sends while a case is asked for is on screen', async () => {
  const { sources, outboxOfAnotherWindow } = clinic();
  let goOn = () => {};
  const sending = outboxOfAnotherWindow(() => new Promise<void>((resolve) => (goOn = resolve)));
  await new Promise((resolve) => setImmediate(resolve));
  const opening = openCase('me', 'r', sources);
  goOn();
  const opened = await opening;
  opened.letGo();
  await sending;
  expect(shown(opened)).toMatchObject({ label_keys: ['viral'] });
  expect(opened.draft.known.answer?.revision_id).toBe('r1');
});

test('nobody sends the work of a case between its answer and its being held', async () => {
  const { server, sources, outboxOfAnotherWindow } = clinic();
  const opened = await openCase('me', 'r', {
    ...sources,
    open: async () => {
      const answered = await sources.open();
      await outboxOfAnotherWindow();
      return answered;
    },
  });
  expect(server.said).toBe('nothing');
  expect(shown(opened)).toMatchObject({ label_keys: ['viral'] });
  opened.letGo();
});

test('a case just claimed is asked for again only where work of it was under way', async () => {
  const { server, sources, snapshot, outboxOfAnotherWindow } = clinic();
  const asked = Promise.resolve({ reading: snapshot(), hadWorkHere: true });
  await outboxOfAnotherWindow();
  const opened = await openCase('me', asked, sources);
  opened.letGo();
  expect(shown(opened)).toMatchObject({ label_keys: ['viral'] });
  server.said = 'nothing';
  const claim = Promise.resolve({ reading: snapshot('claimed'), hadWorkHere: false });
  const fresh = await openCase('me', claim, sources);
  fresh.letGo();
  expect(server.asked).toBe(1);
});

test('a case answered before its work arrived is asked for again, once none is here any more', async () => {
  const { server, sources, snapshot, outboxOfAnotherWindow } = clinic();
  const asked = Promise.resolve({ reading: snapshot('claimed'), hadWorkHere: true });
  await outboxOfAnotherWindow();
  const opened = await openCase('me', asked, sources);
  opened.letGo();
  expect(shown(opened)).toMatchObject({ label_keys: ['viral'] });
  expect(server.asked).toBe(1);
});
