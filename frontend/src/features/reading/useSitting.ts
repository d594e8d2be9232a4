/** One sitting at one case: autosave, the clock of active time, the lease. */
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../../api/access';
import { useSignInState } from '../../api/client';
import { asProblem, Problem } from '../../api/problem';
import type { ReadingCase } from '../../api/reading';
import { t } from '../../words/t';
import { type ActiveClock, createActiveClock, IDLE_AFTER_MS } from './activeClock';
import { createAutosave } from './autosave';
import type { Autosave } from './autosaveParts';
import { askQuestion, claimTask, lockRead, renewLease, saveAnnotations, submitRead } from './calls';
import { holdCase } from './caseLock';
import { drafts } from './draftStore';
import { useReadout } from './readout';
import { type Kept, NOTHING_KEPT, type SaveState } from './saveState';
import { READ_ELSEWHERE } from './secondLink';
import { useReading } from './store';
import type { OpenCase } from './useRoom';

export interface Sitting {
  readonly autosave: Autosave | null;
  readonly save: SaveState;
  readonly kept: Kept;
  readonly isReadOnly: boolean;
  readonly fence: () => number;
  readonly activeMs: () => number;
  /** Takes a lost lease back and goes on saving. Raises Problem when someone else has it. */
  takeBack(): Promise<void>;
}

/** The lease is renewed this often while the reader is at work. */
const RENEW_MS = 2 * 60_000;

/** Out of the reader's hands: submitted, or waiting for an answer. */
export const isFinished = (state: string): boolean =>
  ['submitted', 'accepted', 'issue'].includes(state);

const SAVED: SaveState = { at: 'saved', time: null };

export interface SittingEvents {
  /** The case the submit brought along; null when nothing is left. */
  readonly onSubmitted: (next: ReadingCase | null) => void;
  /** The same case with what was hidden until the first read was locked. */
  readonly onLocked: (reading: ReadingCase) => void;
}

export function useSitting(
  { reading, draft, letGo: handOver }: OpenCase,
  { onSubmitted, onLocked }: SittingEvents,
): Sitting {
  const userId = useSession().user.id;
  const { read } = reading;
  const isReadOnly = isFinished(read.state);
  const [{ save, kept }, setSaving] = useState({ save: SAVED, kept: NOTHING_KEPT });
  const [autosave, setAutosave] = useState<Autosave | null>(null);
  const fence = useRef(read.fence);
  const clock = useRef<ActiveClock | null>(null);
  const events = useRef({ onSubmitted, onLocked });
  events.current = { onSubmitted, onLocked };

  // Before the first paint, so that the last case's answer is never seen under this one; and all
  // of it in one layout effect, so that the last case has let go of the store before this one
  // fills it: otherwise the last case would save this one's marks as its own.
  useLayoutEffect(() => {
    useReading.getState().open(draft.items, isReadOnly);
    useReadout.setState({ view: null, hover: null });
    const ticking = createActiveClock(read.active_ms, performance.now());
    clock.current = ticking;
    if (isReadOnly) return handOver();
    const made = createAutosave(
      {
        userId,
        projectId: reading.project_id,
        readId: read.id,
        fence: read.fence,
        save: (saves) => saveAnnotations(read.id, saves),
        submit: (body, key) => submitRead(read.id, body, key, true),
        ask: (question, body, key) => askQuestion(read.id, question, body, key, true),
        lock: (body, key) => lockRead(read.id, body, key),
        drafts,
        activeMs: () => ticking.read(performance.now()),
        newKey: () => crypto.randomUUID(),
        now: () => Date.now(),
        onState: (now, keptNow) => setSaving({ save: now, kept: keptNow }),
        onItems: (items) => useReading.getState().replace(items),
        onSubmitted: (reply) => events.current.onSubmitted(reply.next),
        onLocked: (shown) => events.current.onLocked(shown),
      },
      draft,
    );
    setAutosave(made);
    const letGo = holdCase(read.id);
    handOver();
    const stopNoting = useReading.subscribe(({ items }) => made.note(items));
    const stopListening = listen(made, ticking);
    const stopRenewing = renewWhileActive(ticking, () =>
      renewLease(read.id, fence.current).then((lease) => {
        fence.current = lease.fence;
      }),
    );
    return () => {
      stopNoting();
      stopListening();
      stopRenewing();
      void made.settle().finally(letGo);
      made.stop();
    };
  }, [userId, reading.project_id, read, draft, handOver, isReadOnly]);

  return useMemo(
    () => ({
      autosave,
      save,
      kept,
      isReadOnly,
      fence: () => fence.current,
      activeMs: () => clock.current?.read(performance.now()) ?? 0,
      async takeBack() {
        const taken = await claimTask(read.task_id);
        if (taken.read.id !== read.id) throw new Problem(409, 'lease-lost', t('Handed on'), '');
        fence.current = taken.read.fence;
        autosave?.resume(taken.read.fence);
      },
    }),
    [autosave, save, kept, isReadOnly, read],
  );
}

const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'keydown', 'wheel', READ_ELSEWHERE] as const;

/** Feeds the clock, and wakes the autosave when the way to the server may be free again. */
function listen(autosave: Autosave, clock: ActiveClock): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal, passive: true, capture: true };
  const touch = () => clock.touch(performance.now());
  for (const name of SIGNS_OF_LIFE) window.addEventListener(name, touch, options);
  window.addEventListener('online', () => autosave.resume(), options);
  window.addEventListener(
    'beforeunload',
    (event) => {
      if (autosave.isOnlyHere()) event.preventDefault();
    },
    { signal: stop.signal },
  );
  window.addEventListener('pagehide', () => void autosave.settle(), options);
  document.addEventListener(
    'visibilitychange',
    () => {
      clock.setVisible(document.visibilityState === 'visible', performance.now());
      if (document.visibilityState === 'hidden') void autosave.settle();
    },
    options,
  );
  const stopSignIn = useSignInState.subscribe((now, before) => {
    if (before.isSignedOut && !now.isSignedOut) autosave.resume();
  });
  return () => {
    stop.abort();
    stopSignIn();
  };
}

/** Renews while active time grows; a lease that was lost shows at the next save. */
function renewWhileActive(clock: ActiveClock, renew: () => Promise<void>): () => void {
  let seen = clock.read(performance.now());
  const timer = setInterval(
    () => {
      const active = clock.read(performance.now());
      if (active > seen) renew().catch((error: unknown) => asProblem(error));
      seen = active;
    },
    Math.max(RENEW_MS, IDLE_AFTER_MS),
  );
  return () => clearInterval(timer);
}
