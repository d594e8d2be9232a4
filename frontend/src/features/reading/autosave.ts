/** Keeps a case saved: on this computer at once, on the server within a second. */
import { asProblem, type Problem } from '../../api/problem';
import type { Annotation, AnnotationSave } from '../../api/reading';
import {
  afterSaved,
  type Draft,
  keepingMine,
  owed,
  type PendingSave,
  saveFor,
  takingTheirs,
  without,
} from './draft';
import type { DraftStore } from './draftStore';
import type { Items } from './items';

export type SaveState =
  | { readonly at: 'saved'; readonly time: number | null }
  | { readonly at: 'saving' }
  | { readonly at: 'offline'; readonly since: number }
  | { readonly at: 'signed-out' }
  | { readonly at: 'conflict'; readonly id: string; readonly theirs: Annotation | null }
  | { readonly at: 'lease-lost' }
  | { readonly at: 'refused'; readonly problem: Problem };

export interface AutosaveParts {
  readonly userId: string;
  readonly readId: string;
  readonly fence: number;
  readonly save: (body: AnnotationSave, key: string) => Promise<Annotation>;
  readonly drafts: DraftStore;
  readonly activeMs: () => number;
  readonly newKey: () => string;
  readonly now: () => number;
  readonly onState: (state: SaveState) => void;
}

export interface Autosave {
  /** The work as it is now; called on every change. */
  note(items: Items): void;
  /** Sends at once what is waiting; true when the server has everything. */
  settle(): Promise<boolean>;
  /** Ends a conflict one way or the other; answers the items as they are then. */
  resolve(choice: 'mine' | 'theirs'): Items;
  /** Goes on after signing in again, a new lease, or a network that came back. */
  resume(fence?: number): void;
  draft(): Draft;
  /** Changes the books beside the work, and keeps them. */
  amend(change: (draft: Draft) => Draft): Promise<void>;
  /** Forgets the draft: the read is submitted or given up. */
  forget(): Promise<void>;
  /** Sends what it can and ends. */
  stop(): void;
}

/** How long changes are gathered before they are sent. */
export const GATHER_MS = 400;

/** Waits between attempts while the server cannot be reached. */
export const RETRY_MS: readonly number[] = [1000, 2000, 4000, 8000, 15_000];

const BLOCKED: readonly SaveState['at'][] = ['conflict', 'lease-lost', 'refused'];

const isTransient = ({ status }: Problem): boolean =>
  [0, 408, 425, 429].includes(status) || status >= 500;

/** Starts from the books of the case and sends at once what they still owe. */
export function createAutosave(parts: AutosaveParts, start: Draft): Autosave {
  let draft = start;
  let fence = parts.fence;
  let state: SaveState = { at: 'saved', time: null };
  let running: Promise<boolean> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let isStopped = false;

  const tell = (next: SaveState) => {
    state = next;
    if (!isStopped) parts.onState(next);
  };
  // A browser without a database still saves to the server; only the safety net is missing.
  const keep = () => parts.drafts.keep(parts.userId, parts.readId, draft).catch(() => undefined);
  const schedule = (delay: number) => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void run(), delay);
  };

  const sendOne = async (id: string) => {
    const sitting = { fence, active_ms: parts.activeMs() };
    const sent: PendingSave = draft.pending[id] ?? {
      key: parts.newKey(),
      body: saveFor(draft, id, sitting),
    };
    draft = { ...draft, pending: { ...draft.pending, [id]: sent } };
    await keep();
    try {
      const saved = await parts.save(sent.body, sent.key);
      // The books are read only now: work may have gone on while the save was under way.
      draft = afterSaved(draft, sent.body, saved);
      attempts = 0;
      await keep();
      return true;
    } catch (error) {
      return setback(sent, asProblem(error));
    }
  };

  /** Takes note of a failed save; true when sending may go on. */
  const setback = async ({ body }: PendingSave, problem: Problem): Promise<boolean> => {
    const id = body.annotation_id;
    const stored = problem.body.annotation as Annotation | undefined;
    if (problem.status === 401) tell({ at: 'signed-out' });
    else if (isTransient(problem)) {
      tell({ at: 'offline', since: state.at === 'offline' ? state.since : parts.now() });
      schedule(RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)] ?? 1000);
      attempts += 1;
    } else {
      draft = stored
        ? afterSaved(draft, body, stored)
        : { ...draft, pending: without(draft.pending, id) };
      await keep();
      if (problem.code === 'lease-lost') {
        // Repeated from an earlier sitting: the lease held now is another one.
        if (stored && body.fence !== fence) return true;
        tell({ at: 'lease-lost' });
      } else if (problem.status === 412) {
        const theirs = (problem.body.current as Annotation | null | undefined) ?? null;
        tell({ at: 'conflict', id, theirs });
      } else tell({ at: 'refused', problem });
    }
    return false;
  };

  const pump = async (): Promise<boolean> => {
    for (let id = owed(draft)[0]; id !== undefined; id = owed(draft)[0]) {
      if (state.at !== 'offline') tell({ at: 'saving' });
      if (!(await sendOne(id))) return false;
    }
    if (state.at !== 'saved') tell({ at: 'saved', time: parts.now() });
    return true;
  };

  const run = (): Promise<boolean> => {
    clearTimeout(timer);
    if (BLOCKED.includes(state.at)) return Promise.resolve(false);
    running ??= pump().finally(() => {
      running = null;
    });
    return running;
  };

  if (owed(draft).length > 0) schedule(0);

  return {
    note(items) {
      if (items === draft.items) return;
      draft = { ...draft, items };
      void keep();
      if (owed(draft).length === 0) return;
      // A refusal was for what stood there before: another state is tried again.
      if (state.at === 'saved' || state.at === 'refused') tell({ at: 'saving' });
      if (state.at === 'saving') schedule(GATHER_MS);
    },
    async settle() {
      // A change made while a save was under way is sent by a second round.
      if (running) await running;
      return run();
    },
    resolve(choice) {
      if (state.at !== 'conflict') return draft.items;
      const { id, theirs } = state;
      draft =
        choice === 'mine' && theirs
          ? keepingMine(draft, id, theirs)
          : takingTheirs(draft, id, theirs);
      tell({ at: 'saving' });
      schedule(0);
      return draft.items;
    },
    resume(next) {
      fence = next ?? fence;
      attempts = 0;
      if (state.at === 'lease-lost' || state.at === 'signed-out') tell({ at: 'saving' });
      schedule(0);
    },
    draft: () => draft,
    async amend(change) {
      draft = change(draft);
      await keep();
    },
    async forget() {
      isStopped = true;
      clearTimeout(timer);
      await parts.drafts.drop(parts.userId, parts.readId).catch(() => undefined);
    },
    stop() {
      if (!isStopped) void run();
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
