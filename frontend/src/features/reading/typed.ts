/** Words about a case that the server does not have: kept on this computer, typed or on their way. */
import { create } from 'zustand';
import { type CommentPlace, type CommentSay, sayComment } from '../../api/comments';
import { asProblem } from '../../api/problem';
import { keyedStore } from './draftStore';
import { isTransient } from './saveState';

export interface KeptWords {
  /** Text not sent yet, by the field it stands in. */
  readonly typed: Readonly<Record<string, string>>;
  /** Where the comment being written is pinned. */
  readonly place: CommentPlace | null;
  /** Sent, but not known to have arrived; each has its id, so that it is said once. */
  readonly unsent: readonly CommentSay[];
  /** Of those, the ones the server will not have; they stay to be read. */
  readonly refused: readonly string[];
}

/** The fields of a case, by the names under which what is typed in them is kept. */
export const NEW_COMMENT = 'comment';
export const NEW_QUESTION = 'question';
export const replyField = (threadId: string): string => `reply-${threadId}`;

export const NO_WORDS: KeptWords = { typed: {}, place: null, unsent: [], refused: [] };

export const keptWords = keyedStore<KeptWords>('collimate-words');

interface Typed extends KeptWords {
  readonly at: { readonly userId: string; readonly readId: string } | null;
  /** Shows what is kept for a case; answers it. */
  open(userId: string, readId: string): Promise<KeptWords>;
  type(field: string, text: string): void;
  pin(place: CommentPlace | null): void;
  /** Takes the text out of its field and keeps it until it has arrived. */
  post(field: string, comment: CommentSay): Promise<void>;
}

const isEmpty = ({ typed, unsent }: KeptWords): boolean =>
  unsent.length === 0 && Object.values(typed).every((text) => text === '');

async function keep(userId: string, readId: string, words: KeptWords): Promise<void> {
  const { typed, place, unsent, refused } = words;
  const kept = { typed, place, unsent, refused };
  await (isEmpty(kept)
    ? keptWords.drop(userId, readId)
    : keptWords.keep(userId, readId, kept)
  ).catch(() => undefined);
}

export const useTyped = create<Typed>()((set, get) => {
  const change = async (next: Partial<KeptWords>) => {
    set(next);
    const { at } = get();
    if (at) await keep(at.userId, at.readId, get());
  };
  return {
    ...NO_WORDS,
    at: null,
    async open(userId, readId) {
      const at = { userId, readId };
      set({ ...NO_WORDS, at });
      const found = await keptWords.load(userId, readId).catch(() => null);
      if (found && get().at === at) set(found);
      return found ?? NO_WORDS;
    },
    type: (field, text) => void change({ typed: { ...get().typed, [field]: text } }),
    pin: (place) => void change({ place }),
    post: (field, comment) =>
      change({
        typed: { ...get().typed, [field]: '' },
        unsent: [...get().unsent, comment],
      }),
  };
});

let under: Promise<boolean> = Promise.resolve(false);

/** One attempt at everything posted and not arrived; true when something still waits. */
export function sendWords(userId: string, say = sayComment): Promise<boolean> {
  // One after the other: the room and the outbox may both be asked to send.
  under = under.catch(() => false).then(() => sendAll(userId, say));
  return under;
}

async function sendAll(userId: string, say: typeof sayComment): Promise<boolean> {
  let isWaiting = false;
  for (const [readId, words] of await keptWords.all(userId)) {
    for (const comment of words.unsent) {
      if (words.refused.includes(comment.id)) continue;
      const problem = await say(readId, comment).then(
        () => null,
        (error: unknown) => asProblem(error),
      );
      if (problem && (isTransient(problem) || problem.status === 401)) isWaiting = true;
      else await settle(userId, readId, comment.id, problem !== null);
    }
  }
  return isWaiting;
}

/** More may have been typed while the words were on their way: what is on screen is newest. */
async function settle(userId: string, readId: string, id: string, isRefused: boolean) {
  const settled = (words: KeptWords): KeptWords => ({
    ...words,
    unsent: isRefused ? words.unsent : words.unsent.filter((comment) => comment.id !== id),
    refused: isRefused ? [...words.refused, id] : words.refused,
  });
  const shown = useTyped.getState();
  if (shown.at?.userId === userId && shown.at.readId === readId) {
    const { unsent, refused } = settled(shown);
    useTyped.setState({ unsent, refused });
    await keep(userId, readId, useTyped.getState());
  } else {
    const words = await keptWords.load(userId, readId);
    if (words) await keep(userId, readId, settled(words));
  }
}
