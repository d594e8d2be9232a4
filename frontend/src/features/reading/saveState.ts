/** The states of saving a case, and which of them wait, rest or need the reader. */
import type { Problem } from '../../api/problem';
import type { Annotation } from '../../api/reading';

export type SaveState =
  | { readonly at: 'saved'; readonly time: number | null }
  | { readonly at: 'saving' }
  | { readonly at: 'submitting' }
  | { readonly at: 'offline'; readonly since: number }
  | { readonly at: 'signed-out' }
  | { readonly at: 'conflict'; readonly id: string; readonly theirs: Annotation | null }
  /** Other windows had saved more than this one knew when it submitted. */
  | { readonly at: 'moved' }
  | { readonly at: 'lease-lost' }
  | { readonly at: 'refused'; readonly problem: Problem }
  | { readonly at: 'not-submitted'; readonly problem: Problem };

/** What lies on this computer and not yet on the server. */
export interface Kept {
  /** Marks and answers that differ from what the server has. */
  readonly changes: number;
  readonly isSubmitWaiting: boolean;
  /** What the submit that waits is. */
  readonly waiting?: 'submit' | 'lock' | 'question';
  /** False when the browser has no room or forbids keeping: then only this window has it. */
  readonly isKeptHere: boolean;
}

export const NOTHING_KEPT: Kept = { changes: 0, isSubmitWaiting: false, isKeptHere: true };

/** Nothing is sent until the reader has decided something. */
export const BLOCKED: readonly SaveState['at'][] = ['conflict', 'lease-lost', 'refused'];

/** Nothing is owed; the next change starts saving again. */
export const RESTING: readonly SaveState['at'][] = ['saved', 'moved', 'not-submitted'];

/** Waits between attempts while the server cannot be reached. */
export const RETRY_MS: readonly number[] = [1000, 2000, 4000, 8000, 15_000];

/** The server is away or busy: the same request is worth sending again. */
export const isTransient = ({ status }: Problem): boolean =>
  [0, 408, 425, 429].includes(status) || status >= 500;
