/** Time a reader really worked on a case: hidden tabs and idle minutes do not count. */

/** After this long without a key, a click or a move the reader is taken to be elsewhere. */
export const IDLE_AFTER_MS = 60_000;

export interface ActiveClock {
  /** A key, a click, a movement. */
  touch(now: number): void;
  setVisible(isVisible: boolean, now: number): void;
  /** Active milliseconds so far, earlier sittings included. */
  read(now: number): number;
}

/** `startMs` is what earlier sittings came to; times are any monotonic milliseconds. */
export function createActiveClock(startMs: number, now: number): ActiveClock {
  let total = startMs;
  let countedTo = now;
  let lastTouch = now;
  let isVisible = true;

  const settle = (at: number) => {
    const end = Math.min(at, lastTouch + IDLE_AFTER_MS);
    if (isVisible && end > countedTo) total += end - countedTo;
    countedTo = Math.max(countedTo, at);
  };

  return {
    touch(at) {
      settle(at);
      lastTouch = at;
    },
    setVisible(next, at) {
      settle(at);
      isVisible = next;
      if (next) lastTouch = at;
    },
    read(at) {
      settle(at);
      return Math.round(total);
    },
  };
}
