/** Submitting, skipping and leaving a case; each waits until what was done is saved. */
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { CommentPlace } from '../../api/comments';
import { asProblem, type Problem } from '../../api/problem';
import type { ReadingCase } from '../../api/reading';
import { releaseRead, skipRead } from './calls';
import { answerOf, type Items, outcomeOf } from './items';
import { useReading } from './store';
import type { AskingOf } from './useAsking';
import type { RoomActions } from './useRoom';
import type { Sitting } from './useSitting';

export interface Flow {
  readonly isBusy: boolean;
  /** What was hidden until the lock has only just appeared: submitting waits for a moment. */
  readonly isRevealing: boolean;
  /** Submitting was tried and something was missing: it is marked. */
  readonly isStrict: boolean;
  readonly isSkipping: boolean;
  readonly isExcluding: boolean;
  readonly isAsking: boolean;
  readonly problem: Problem | null;
  submit(): void;
  openSkip(): void;
  openExclude(): void;
  openIssue(): void;
  closePanels(): void;
  /** Leaves the case out and submits it; null takes an exclusion back. */
  exclude(reason: string | null, note: string): void;
  skip(reason: string): void;
  /** Asks a question and goes on; the case comes back with the answer. */
  ask(text: string, place: CommentPlace | null): void;
  /** Saves what is owed; the case stays held. */
  settle(): Promise<void>;
  leave(): Promise<void>;
}

/** Whether the question must be answered before this case can be submitted. */
export function isAnswerMissing(
  items: Items,
  { answer_mode }: ReadingCase['label_schema'],
): boolean {
  return answer_mode === 'single' && (answerOf(items)?.label_keys.length ?? 0) === 0;
}

/** "None of these" is an answer too: a multiple choice left empty is saved as such. */
function answerNothingIfNone(reading: ReadingCase): void {
  const { items, answerNothing } = useReading.getState();
  if (reading.label_schema.answer_mode === 'multi' && !answerOf(items))
    answerNothing(() => crypto.randomUUID());
}

/** The second press of a double one comes within this time; nobody has read a suggestion by then. */
export const REVEAL_MS = 700;

/** True for a moment after the first read was locked, so that one double press does not submit. */
function useRevealing(stage: ReadingCase['stage']) {
  const [isRevealing, setRevealing] = useState(false);
  const before = useRef(stage);
  const now = useRef(false);
  useLayoutEffect(() => {
    const wasFirst = before.current === 'first';
    before.current = stage;
    if (!wasFirst || stage !== 'second') return;
    const set = (next: boolean) => {
      now.current = next;
      setRevealing(next);
    };
    set(true);
    const timer = setTimeout(() => set(false), REVEAL_MS);
    return () => {
      clearTimeout(timer);
      set(false);
    };
  }, [stage]);
  return { isRevealing, now };
}

export function useFlow(
  reading: ReadingCase,
  sitting: Sitting,
  room: RoomActions,
  asking: Pick<AskingOf, 'lacks' | 'next'>,
): Flow {
  const [isBusy, setBusy] = useState(false);
  const [isStrict, setStrict] = useState(false);
  const [panel, setPanel] = useState<'skip' | 'exclude' | 'issue' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const busy = useRef(false);
  const { autosave, isReadOnly } = sitting;
  const { isRevealing, now: revealing } = useRevealing(reading.stage);

  /** One thing at a time; a second Enter while the first is under way does nothing. */
  const once = useCallback(async (act: () => Promise<void>) => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await act();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      busy.current = false;
      setBusy(false);
    }
  }, []);

  return useMemo(
    () => ({
      isBusy,
      isRevealing,
      isStrict,
      isSkipping: panel === 'skip',
      isExcluding: panel === 'exclude',
      isAsking: panel === 'issue',
      problem,
      submit() {
        if (isReadOnly || !autosave) return room.next(undefined);
        if (revealing.current) return;
        // Of a case that is left out nothing else is asked.
        if (outcomeOf(useReading.getState().items)?.exclusion) return autosave.submit();
        const isUnanswered = isAnswerMissing(useReading.getState().items, reading.label_schema);
        setStrict(isUnanswered || asking.lacks.length > 0);
        if (isUnanswered) return;
        if (asking.lacks.length > 0) return asking.next();
        answerNothingIfNone(reading);
        autosave.submit(reading.stage === 'first' ? { isLock: true } : {});
      },
      openSkip: () => setPanel('skip'),
      openExclude: () => setPanel('exclude'),
      openIssue: () => setPanel('issue'),
      closePanels: () => setPanel(null),
      exclude(exclusion, note) {
        setPanel(null);
        useReading.getState().setOutcome({ exclusion, note }, () => crypto.randomUUID());
        if (exclusion) autosave?.submit();
      },
      skip(reason) {
        void once(async () => {
          await autosave?.settle();
          const body = { fence: sitting.fence(), reason, active_ms: sitting.activeMs() };
          await skipRead(reading.read.id, body);
          await autosave?.forget();
          room.next(undefined);
        });
      },
      ask(text, place) {
        setPanel(null);
        autosave?.submit({ issue: { id: crypto.randomUUID(), text, place } });
      },
      async settle() {
        await autosave?.settle();
      },
      async leave() {
        const isSaved = autosave ? await autosave.settle() : true;
        const isUntouched = Object.keys(useReading.getState().items).length === 0;
        // A case only looked at goes back to the others; one with work stays its reader's draft.
        if (isSaved && isUntouched && reading.read.state === 'claimed' && !isReadOnly)
          await releaseRead(reading.read.id, sitting.fence()).catch(() => undefined);
      },
    }),
    [
      isBusy,
      isRevealing,
      revealing,
      isStrict,
      panel,
      problem,
      isReadOnly,
      autosave,
      reading,
      sitting,
      room,
      asking,
      once,
    ],
  );
}
