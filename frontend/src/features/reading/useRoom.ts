/** Which case is on the table: opening, going on to the next, going back. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../../api/access';
import { asProblem, type Problem } from '../../api/problem';
import type { ReadingCase } from '../../api/reading';
import { reopenRead } from './calls';
import { type Asked, claimOnce, wanted } from './claims';
import { type Opened, openCase } from './opening';
import { useReading } from './store';

export type OpenCase = Opened;

export type Room =
  | { readonly phase: 'opening' }
  | { readonly phase: 'open'; readonly open: OpenCase }
  | { readonly phase: 'empty' }
  | { readonly phase: 'problem'; readonly problem: Problem };

export interface RoomProps {
  readonly projectId: string;
  /** Null claims the next case. */
  readonly readId: string | null;
  readonly onRead: (readId: string) => void;
}

export interface RoomActions {
  /** Goes on with the case a submit brought along, or claims one. */
  next(reading: ReadingCase | null | undefined): void;
  /** Shows what was hidden of the case on screen until its first read was locked. */
  reveal(reading: ReadingCase): void;
  /** Opens the case read before this one; false when there was none. */
  back(): boolean;
  /** Takes a submitted case back, to correct it. */
  reopen(readId: string): void;
  retry(): void;
}

/** A case that came with the answer to something this window sent. */
const brought = (reading: ReadingCase): Promise<Asked> =>
  Promise.resolve({ reading, hadWorkHere: false });

/** Reads visited before and after the one on screen, as a browser keeps pages. */
const visited: { before: string[]; after: string[] } = { before: [], after: [] };

export function useRoom({ projectId, readId, onRead }: RoomProps): [Room, RoomActions] {
  const userId = useSession().user.id;
  const [room, setRoom] = useState<Room>({ phase: 'opening' });
  const [attempt, setAttempt] = useState(0);
  const current = useRef<string | null>(null);
  const tell = useRef(onRead);
  tell.current = onRead;

  const enter = useCallback(
    async (asked: string | Promise<Asked>, isWanted: () => boolean) => {
      setRoom((now) => (now.phase === 'open' ? now : { phase: 'opening' }));
      try {
        const open: OpenCase = await openCase(userId, asked);
        if (!isWanted()) return open.letGo();
        const { reading } = open;
        current.current = reading.read.id;
        setRoom({ phase: 'open', open });
        tell.current(reading.read.id);
      } catch (error) {
        const problem = asProblem(error);
        if (!isWanted()) return;
        current.current = null;
        setRoom(
          problem.code === 'worklist-empty' ? { phase: 'empty' } : { phase: 'problem', problem },
        );
      }
    },
    [userId],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt is a reason to open again
  useEffect(() => {
    if (readId !== null && readId === current.current) return;
    let isWanted = true;
    void enter(wanted(projectId, readId), () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [projectId, readId, attempt, enter]);

  const next = useCallback(
    (reading: ReadingCase | null | undefined) => {
      if (current.current) visited.before.push(current.current);
      const waiting = visited.after.pop();
      if (reading === null) setRoom({ phase: 'empty' });
      else if (reading) void enter(brought(reading), () => true);
      else void enter(waiting ?? claimOnce(projectId), () => true);
    },
    [enter, projectId],
  );

  const reveal = useCallback((shown: ReadingCase) => {
    const { stage, suggestion, unit_suggestions, reason } = shown;
    setRoom((now) => {
      if (now.phase !== 'open' || now.open.reading.read.id !== shown.read.id) return now;
      // The sitting goes on: read and draft stay the same.
      const revealed = { stage, suggestion, unit_suggestions, reason };
      return {
        phase: 'open',
        open: { ...now.open, reading: { ...now.open.reading, ...revealed } },
      };
    });
    useReading.getState().arrange({ isAiOn: true });
  }, []);

  const back = useCallback(() => {
    const previous = visited.before.pop();
    if (!previous) return false;
    if (current.current) visited.after.push(current.current);
    void enter(previous, () => true);
    return true;
  }, [enter]);

  const reopen = useCallback(
    (id: string) => void enter(reopenRead(id).then(brought), () => true),
    [enter],
  );

  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return [room, { next, reveal, back, reopen, retry }];
}
