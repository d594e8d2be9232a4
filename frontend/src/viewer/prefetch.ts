/** Fetches frames before they are asked for: nearest to what is looked at first, a few at a time. */
import { CACHE_BYTES, renderingEngine } from './cornerstone';
import type { Frame } from './frames';
import { loadNow, prefetchFrames } from './imageIds';

/** Requests under way at once, over all viewports; what is asked for directly goes past them. */
const IN_FLIGHT = 4;

/** Share of the memory that frames nobody has asked for yet may take. */
const SHARE = 0.5;

/** Bytes of one decoded sample; grey images are kept as 16 bits or floats. */
const BYTES_PER_SAMPLE = 2;

/** Brings a frame before any viewport asks for it; a failure shows when one does. */
export function loadFirst(frame: Frame | undefined): void {
  if (!frame) return;
  renderingEngine()
    .then(() => loadNow(frame))
    .catch(() => undefined);
}

/** Indices around `index`, nearest first, the way forward before the way back. */
export function nearestFirst(index: number, count: number, reach: number): number[] {
  const found: number[] = [];
  for (let away = 1; away <= reach; away += 1)
    for (const candidate of [index + away, index - away])
      if (candidate >= 0 && candidate < count) found.push(candidate);
  return found;
}

/** Frames on each side that fit into the memory set aside for them. */
export function reachOf({ size, isColour }: Pick<Frame, 'size' | 'isColour'>): number {
  const bytes = size.rows * size.columns * (isColour ? 4 : BYTES_PER_SAMPLE);
  return Math.floor((CACHE_BYTES * SHARE) / Math.max(1, bytes) / 2);
}

export interface Prefetch {
  around(frames: readonly Frame[], index: number): void;
  stop(): void;
}

interface Wish {
  rest: Frame[];
}

/** Wishes of all viewports, the one last looked at first. */
let wishes: Wish[] = [];
let flying = 0;

function pump(): void {
  while (flying < IN_FLIGHT) {
    const frame = wishes.find(({ rest }) => rest.length > 0)?.rest.shift();
    if (!frame) return;
    flying += 1;
    void prefetchFrames([frame]).finally(() => {
      flying -= 1;
      pump();
    });
  }
}

export function createPrefetch(): Prefetch {
  const wish: Wish = { rest: [] };
  return {
    around(frames, index) {
      const here = frames[index];
      const order = here ? nearestFirst(index, frames.length, reachOf(here)) : [];
      wish.rest = order.flatMap((near) => frames[near] ?? []);
      wishes = [wish, ...wishes.filter((one) => one !== wish)];
      // After the frame that was looked at is drawn: to ask for others takes a while, too.
      setTimeout(pump);
    },
    stop() {
      wishes = wishes.filter((one) => one !== wish);
    },
  };
}
