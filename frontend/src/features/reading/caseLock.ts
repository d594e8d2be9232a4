/** Which cases are open in some window of this browser, so that nobody else sends their work. */

const lockOf = (readId: string): string => `collimate/case/${readId}`;

/** A sender that hangs must not keep a reader from a case; keys make two senders harmless. */
const LONGEST_WAIT_MS = 3000;

/** Says that a case is open here; answers what ends that. */
export function holdCase(readId: string): () => void {
  const stop = new AbortController();
  const untilStopped = () =>
    new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  // Two windows may show one case; only the outbox needs it to itself.
  navigator.locks
    ?.request(lockOf(readId), { mode: 'shared', signal: stop.signal }, untilStopped)
    .catch(() => undefined);
  return () => stop.abort();
}

/** Holds a case once no outbox sends its work any more; answers what ends that. */
export async function takeCase(readId: string): Promise<() => void> {
  let letGo = () => {};
  const untilLetGo = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const wait = new AbortController();
  const timer = setTimeout(() => wait.abort(), LONGEST_WAIT_MS);
  await new Promise<void>((resolve) => {
    const hold = () => {
      resolve();
      return untilLetGo;
    };
    const options = { mode: 'shared', signal: wait.signal } as const;
    // Without locks, or after too long a wait, the case is opened all the same.
    if (!navigator.locks) resolve();
    else navigator.locks.request(lockOf(readId), options, hold).catch(() => resolve());
  });
  clearTimeout(timer);
  return letGo;
}

/** Does something with a case that no window has open; does nothing where one has. */
export async function ifCaseIsClosed(readId: string, act: () => Promise<void>): Promise<void> {
  // Locks are there on secure origins only.
  if (!navigator.locks) return act();
  await navigator.locks.request(lockOf(readId), { ifAvailable: true }, (lock) =>
    lock ? act() : undefined,
  );
}
