/** Fetches the frames around the one on screen, nearest first, one at a time. */
import type { Frame } from './frames';
import { prefetchFrames } from './imageIds';

/** Frames fetched on each side of the one on screen. */
const REACH = 40;

/** Indices around `index`, nearest first, the way forward before the way back. */
export function nearestFirst(index: number, count: number, reach: number): number[] {
  const found: number[] = [];
  for (let away = 1; away <= reach; away += 1)
    for (const candidate of [index + away, index - away])
      if (candidate >= 0 && candidate < count) found.push(candidate);
  return found;
}

export interface Prefetch {
  around(frames: readonly Frame[], index: number): void;
  stop(): void;
}

export function createPrefetch(): Prefetch {
  let round = 0;
  const run = async (frames: readonly Frame[], index: number, mine: number) => {
    for (const near of nearestFirst(index, frames.length, REACH)) {
      const frame = frames[near];
      if (mine !== round || !frame) return;
      await prefetchFrames([frame]);
    }
  };
  return {
    around(frames, index) {
      round += 1;
      void run(frames, index, round);
    },
    stop() {
      round += 1;
    },
  };
}
