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

/** Waits while the outbox sends the work of this case. */
export async function whileOutboxIsAtIt(readId: string): Promise<void> {
  const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
  await navigator.locks
    ?.request(lockOf(readId), { mode: 'shared', signal }, () => undefined)
    .catch(() => undefined);
}

/** Does something with a case that no window has open; does nothing where one has. */
export async function ifCaseIsClosed(readId: string, act: () => Promise<void>): Promise<void> {
  // Locks are there on secure origins only.
  if (!navigator.locks) return act();
  await navigator.locks.request(lockOf(readId), { ifAvailable: true }, (lock) =>
    lock ? act() : undefined,
  );
}
