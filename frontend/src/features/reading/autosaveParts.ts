/** What keeping a case saved needs from around it, and what it can be told. */
import type { ReadingCase, SubmitReply } from '../../api/reading';
import type { SubmitBody } from './calls';
import type { Draft, PendingSave, Question, SaveAnswer, WantedSubmit } from './draft';
import type { DraftStore } from './draftStore';
import type { Items } from './items';
import type { Kept, SaveState } from './saveState';

export type NextCase = Pick<SubmitReply, 'next'>;

export interface AutosaveParts {
  readonly userId: string;
  readonly projectId: string;
  readonly readId: string;
  readonly fence: number;
  /** Each is answered by itself, in their order. Raises Problem where none was heard. */
  readonly save: (saves: readonly PendingSave[]) => Promise<SaveAnswer[]>;
  readonly submit: (body: SubmitBody, key: string) => Promise<SubmitReply>;
  /** Locks the first read; answers the case with what was hidden until then. */
  readonly lock: (body: SubmitBody, key: string) => Promise<ReadingCase>;
  /** Asks a question and lets go of the case. */
  readonly ask: (question: Question, body: SubmitBody, key: string) => Promise<NextCase>;
  readonly drafts: DraftStore;
  readonly activeMs: () => number;
  readonly newKey: () => string;
  readonly now: () => number;
  readonly onState: (state: SaveState, kept: Kept) => void;
  /** The work changed from outside: someone else's revisions were taken over. */
  readonly onItems: (items: Items) => void;
  /** The case is out of the reader's hands: submitted, or waiting for an answer. */
  readonly onSubmitted: (reply: NextCase) => void;
  readonly onLocked: (reading: ReadingCase) => void;
}

export interface Autosave {
  /** The work as it is now; called on every change. A changed case is not submitted by itself. */
  note(items: Items): void;
  /** Sends at once what is waiting; true when the server has every change. */
  settle(): Promise<boolean>;
  /**
   * Submits, locks the first read or asks a question, as soon as the server has everything: now,
   * or when it can be reached again.
   */
  submit(how?: Pick<WantedSubmit, 'isLock' | 'issue'>): void;
  /** Takes back a submit that waits. */
  takeBack(): void;
  /** Ends a conflict one way or the other; answers the items as they are then. */
  resolve(choice: 'mine' | 'theirs'): Items;
  /** Goes on after signing in again, a new lease, or a network that came back. */
  resume(fence?: number): void;
  draft(): Draft;
  /** True while closing this window would lose work: neither server nor browser has it. */
  isOnlyHere(): boolean;
  /** Forgets the draft: the read is submitted or given up. */
  forget(): Promise<void>;
  /** Ends; what is kept on this computer stays there. */
  stop(): void;
}
