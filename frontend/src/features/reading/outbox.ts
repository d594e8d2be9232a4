/** Sends what lies on this computer for cases that no window shows any more. */
import { create } from 'zustand';
import type { Problem } from '../../api/problem';
import { createAutosave } from './autosave';
import { askQuestion, lockRead, saveAnnotations, submitRead } from './calls';
import { ifCaseIsClosed } from './caseLock';
import { isOwing, type KeptDraft } from './draft';
import { type DraftStore, drafts } from './draftStore';
import type { SaveState } from './saveState';

/** What became of a kept case: it waits, it needs its reader, or it is gone from here. */
export interface Letter {
  readonly readId: string;
  readonly projectId: string;
  readonly state: 'waiting' | 'needs-reader' | 'sent' | 'submitted';
  readonly problem: Problem | null;
}

interface Outbox {
  readonly letters: readonly Letter[];
  /** Takes a note off the screen; the work itself stays where it is. */
  dismiss(readId: string): void;
  forgetAll(): void;
}

export const useOutbox = create<Outbox>()((set) => ({
  letters: [],
  dismiss: (readId) =>
    set(({ letters }) => ({ letters: letters.filter((letter) => letter.readId !== readId) })),
  forgetAll: () => set({ letters: [] }),
}));

function put(letter: Letter): void {
  useOutbox.setState(({ letters }) => ({
    letters: [...letters.filter(({ readId }) => readId !== letter.readId), letter],
  }));
}

const ASKED: SaveState = { at: 'saved', time: null };
const WAITING: readonly SaveState['at'][] = ['offline', 'signed-out'];
const UNDER_WAY: readonly SaveState['at'][] = ['saving', 'submitting'];

/** One attempt at one case; answers where it ended. */
function sendCase(
  userId: string,
  readId: string,
  kept: KeptDraft,
  store: DraftStore,
): Promise<SaveState | 'submitted'> {
  const { at, ...books } = kept;
  return new Promise((resolve) => {
    const autosave = createAutosave(
      {
        userId,
        projectId: at.project_id,
        readId,
        fence: at.fence,
        save: (saves) => saveAnnotations(readId, saves),
        // Nobody waits for the next case, so none is held.
        submit: (body, key) => submitRead(readId, body, key, false),
        ask: (question, body, key) => askQuestion(readId, question, body, key, false),
        lock: (body, key) => lockRead(readId, body, key),
        drafts: store,
        activeMs: () => at.active_ms,
        newKey: () => crypto.randomUUID(),
        now: () => Date.now(),
        onState: (state) => {
          if (UNDER_WAY.includes(state.at)) return;
          autosave.stop();
          resolve(state);
        },
        onItems: () => undefined,
        onSubmitted: () => resolve(books.submit?.issue ? ASKED : 'submitted'),
        // The next window shows what was hidden: it asks the server for the case.
        onLocked: () => undefined,
      },
      // The room asked for the next case with its submit; this one is another request.
      { ...books, submit: books.submit && { ...books.submit, sent: null } },
    );
  });
}

const letterState = (end: SaveState | 'submitted'): Letter['state'] => {
  if (end === 'submitted') return 'submitted';
  if (WAITING.includes(end.at)) return 'waiting';
  return end.at === 'saved' ? 'sent' : 'needs-reader';
};

/** One round over everything kept for a user; true when something still waits for the server. */
export async function sendKept(userId: string, store: DraftStore = drafts): Promise<boolean> {
  let isWaiting = false;
  for (const readId of (await store.all(userId)).keys()) {
    await ifCaseIsClosed(readId, async () => {
      // The window that has just let go of the case may have sent everything.
      const kept = (await store.all(userId)).get(readId);
      if (!kept) return;
      if (!isOwing(kept)) return store.drop(userId, readId);
      const end = await sendCase(userId, readId, kept, store);
      const state = letterState(end);
      if (state === 'sent') await store.drop(userId, readId);
      isWaiting ||= state === 'waiting';
      const problem = end !== 'submitted' && 'problem' in end ? end.problem : null;
      put({ readId, projectId: kept.at.project_id, state, problem });
    });
  }
  return isWaiting;
}
