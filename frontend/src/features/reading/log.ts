/** One log of everything done to a case, walked back and forth by undo and redo. */
import type { Item, Items } from './items';

/** One step: what an annotation was before and is after; null is "not there". */
export interface Step {
  readonly id: string;
  readonly before: Item | null;
  readonly after: Item | null;
  /** What was done, for the undo tooltip: "box", "answer", "delete". */
  readonly title: string;
}

export interface Log {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

export const EMPTY_LOG: Log = { done: [], undone: [] };

/** Steps kept; the oldest are forgotten first. */
export const LONGEST_LOG = 500;

export interface Worked {
  readonly items: Items;
  readonly log: Log;
}

function put(items: Items, id: string, item: Item | null): Items {
  if (item) return { ...items, [id]: item };
  const { [id]: _gone, ...rest } = items;
  return rest;
}

/** Does a step; whatever had been undone can no longer be redone. */
export const perform = ({ items, log }: Worked, step: Step): Worked => ({
  items: put(items, step.id, step.after),
  log: { done: [...log.done, step].slice(-LONGEST_LOG), undone: [] },
});

export function undo(worked: Worked): Worked {
  const step = worked.log.done.at(-1);
  if (!step) return worked;
  return {
    items: put(worked.items, step.id, step.before),
    log: { done: worked.log.done.slice(0, -1), undone: [...worked.log.undone, step] },
  };
}

export function redo(worked: Worked): Worked {
  const step = worked.log.undone.at(-1);
  if (!step) return worked;
  return {
    items: put(worked.items, step.id, step.after),
    log: { done: [...worked.log.done, step], undone: worked.log.undone.slice(0, -1) },
  };
}
