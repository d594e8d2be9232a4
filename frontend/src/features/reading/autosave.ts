/** Keeps a case saved: on this computer at once, on the server within a second; then submits it. */
import { asProblem, Problem } from '../../api/problem';
import type { Annotation } from '../../api/reading';
import type { Autosave, AutosaveParts } from './autosaveParts';
import {
  afterSaved,
  type Draft,
  draftOf,
  isOwing,
  keepingMine,
  nextOwed,
  owed,
  type PendingSave,
  saveFor,
  submitFor,
  takingTheirs,
  without,
} from './draft';
import { BLOCKED, isTransient, RESTING, RETRY_MS, type SaveState } from './saveState';

/** How long changes are gathered before they are sent. */
export const GATHER_MS = 400;

/** Starts from the books of the case and sends at once what they still owe. */
export function createAutosave(parts: AutosaveParts, start: Draft): Autosave {
  let draft = start;
  let fence = parts.fence;
  let state: SaveState = { at: 'saved', time: null };
  let isKeptHere = true;
  let running: Promise<boolean> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let isStopped = false;

  const tell = (next: SaveState) => {
    state = next;
    const kept = {
      changes: owed(draft).length,
      isSubmitWaiting: draft.submit !== null,
      ...(draft.submit?.isLock ? { waiting: 'lock' as const } : {}),
      ...(draft.submit?.issue ? { waiting: 'question' as const } : {}),
      isKeptHere,
    };
    if (!isStopped) parts.onState(state, kept);
  };
  const keep = async () => {
    const at = { project_id: parts.projectId, fence, active_ms: parts.activeMs() };
    const couldKeep = isKeptHere;
    // A browser without room still saves to the server; that the net is missing is said.
    isKeptHere = await parts.drafts.keep(parts.userId, parts.readId, { ...draft, at }).then(
      () => true,
      () => false,
    );
    if (couldKeep !== isKeptHere) tell(state);
  };
  const change = (next: Draft) => {
    draft = next;
    return keep();
  };
  const schedule = (delay: number) => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void run(), delay);
  };

  /** True when the way to the server is shut for now: the work waits and goes out later. */
  const mustWait = (problem: Problem): boolean => {
    if (problem.status === 401) tell({ at: 'signed-out' });
    else if (isTransient(problem)) {
      tell({ at: 'offline', since: state.at === 'offline' ? state.since : parts.now() });
      schedule(RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)] ?? 1000);
      attempts += 1;
    } else return false;
    return true;
  };

  /** Sends some of what is owed in one request; true when sending may go on. */
  const sendSome = async (ids: readonly string[]): Promise<boolean> => {
    const sitting = { fence, active_ms: parts.activeMs() };
    const sent = ids.map(
      (id): PendingSave =>
        draft.pending[id] ?? { key: parts.newKey(), body: saveFor(draft, id, sitting) },
    );
    const pending = Object.fromEntries(sent.map((one) => [one.body.annotation_id, one]));
    await change({ ...draft, pending: { ...draft.pending, ...pending } });
    try {
      const answers = await parts.save(sent);
      attempts = 0;
      // The books are read only now: work may have gone on while the saves were under way.
      let books = draft;
      const refused: [PendingSave, Problem][] = [];
      answers.forEach((answer, at) => {
        const save = sent[at] as PendingSave;
        if (answer instanceof Problem) refused.push([save, answer]);
        else books = afterSaved(books, save.body, answer);
      });
      await change(books);
      for (const [save, problem] of refused) if (!(await setback(save, problem))) return false;
      return true;
    } catch (error) {
      const problem = asProblem(error);
      if (mustWait(problem)) return false;
      const [first, ...others] = sent;
      if (others.length === 0) return first !== undefined && setback(first, problem);
      // The request was refused for one of them: alone, each gets the answer that is its own.
      for (const id of ids) if (!(await sendSome([id]))) return false;
      return true;
    }
  };

  /** Takes note of a refused save; true when sending may go on. */
  const setback = async ({ body }: PendingSave, problem: Problem): Promise<boolean> => {
    const id = body.annotation_id;
    const stored = problem.body.annotation as Annotation | undefined;
    await change(
      stored ? afterSaved(draft, body, stored) : { ...draft, pending: without(draft.pending, id) },
    );
    if (problem.code === 'lease-lost') {
      // Repeated from an earlier sitting: the lease held now is another one.
      if (stored && body.fence !== fence) return true;
      tell({ at: 'lease-lost' });
    } else if (problem.status === 412) {
      const theirs = (problem.body.current as Annotation | null | undefined) ?? null;
      if (theirs && theirs.id !== id && theirs.revision.is_deleted) {
        // Its place was begun before and given up: there is nothing to compare.
        await change(keepingMine(draft, id, theirs));
        parts.onItems(draft.items);
        return true;
      }
      tell({ at: 'conflict', id, theirs });
    } else tell({ at: 'refused', problem });
    return false;
  };

  const sendSubmit = async (): Promise<void> => {
    const sent = submitFor(draft, { fence, active_ms: parts.activeMs() }, parts.newKey);
    const { isLock, issue } = draft.submit ?? {};
    // Sent while it is written down: the same submit under another key has one effect, too.
    void change({ ...draft, submit: { ...draft.submit, sent } });
    const { key, ...body } = sent;
    try {
      if (isLock) {
        const shown = await parts.lock(body, key);
        await change({ ...draft, submit: null });
        tell({ at: 'saved', time: parts.now() });
        if (!isStopped) parts.onLocked(shown);
        return;
      }
      const reply = await (issue ? parts.ask(issue, body, key) : parts.submit(body, key));
      const wasStopped = isStopped;
      const forgotten = forget();
      if (!wasStopped) parts.onSubmitted(reply);
      await forgotten;
    } catch (error) {
      const problem = asProblem(error);
      if (mustWait(problem)) return;
      const current = problem.body.current as Annotation[] | undefined;
      // Another window saved something this one has not seen: it is shown before it is submitted.
      await change({ ...(current ? draftOf(current) : draft), submit: null });
      if (current) parts.onItems(draft.items);
      if (current) tell({ at: 'moved' });
      else if (problem.code === 'lease-lost') tell({ at: 'lease-lost' });
      else tell({ at: 'not-submitted', problem });
    }
  };

  const pump = async (): Promise<boolean> => {
    for (let ids = nextOwed(draft); ids.length > 0; ids = nextOwed(draft)) {
      if (state.at !== 'offline') tell({ at: 'saving' });
      if (!(await sendSome(ids))) return false;
    }
    if (draft.submit) {
      if (state.at !== 'offline') tell({ at: 'submitting' });
      await sendSubmit();
    } else if (!RESTING.includes(state.at)) tell({ at: 'saved', time: parts.now() });
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

  const settle = async () => {
    // A change made while a save was under way is sent by a second round.
    if (running) await running;
    return run();
  };

  const forget = async () => {
    isStopped = true;
    clearTimeout(timer);
    // Who settles once more, as the room does when it is left, must not submit again.
    draft = { ...draft, submit: null };
    await parts.drafts.drop(parts.userId, parts.readId).catch(() => undefined);
  };

  if (draft.submit || owed(draft).length > 0) schedule(0);

  return {
    note(items) {
      if (isStopped || items === draft.items) return;
      void change({ ...draft, items, submit: null });
      if (state.at === 'offline' || state.at === 'signed-out') tell(state);
      if (owed(draft).length === 0) return;
      // A refusal was for what stood there before: another state is tried again.
      if (RESTING.includes(state.at) || state.at === 'refused') tell({ at: 'saving' });
      if (state.at === 'saving' || state.at === 'submitting') schedule(GATHER_MS);
    },
    settle,
    submit(how = {}) {
      void change({ ...draft, submit: draft.submit ?? { sent: null, ...how } });
      if (state.at === 'offline' || state.at === 'signed-out') tell(state);
      void settle();
    },
    takeBack() {
      void change({ ...draft, submit: null });
      tell(state);
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
    isOnlyHere: () => !isKeptHere && isOwing(draft),
    forget,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
