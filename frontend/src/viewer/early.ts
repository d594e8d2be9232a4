/** Early pictures of frames under way, for whoever waits for the frame. */
import type { Types } from '@cornerstonejs/core';

type Listener = (early: Types.IImage) => void;

const waiting = new Map<string, Set<Listener>>();

/** Hears of an early picture of this frame; returns what ends that. */
export function listenEarly(imageId: string, listener: Listener): () => void {
  const listeners = waiting.get(imageId) ?? new Set();
  waiting.set(imageId, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && waiting.get(imageId) === listeners) waiting.delete(imageId);
  };
}

export const earlyWanted = (imageId: string): boolean => waiting.has(imageId);

export function tellEarly(imageId: string, early: Types.IImage): void {
  for (const listener of waiting.get(imageId) ?? []) listener(early);
}
