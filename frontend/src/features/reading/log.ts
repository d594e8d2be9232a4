/** One log of everything done to a case, walked back and forth by undo and redo. */
import type { Item, Items } from './items';

/** What one annotation was before a step and is after it; null is "not there". */
export interface Change {
  readonly id: string;
  readonly before: Item | null;
  readonly after: Item | null;
}

/** One thing done, to one annotation or, as with a brush through slices, to many at once. */
export interface Step {
  readonly changes: readonly Change[];
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

function put(items: Items, changes: readonly Change[], side: 'before' | 'after'): Items {
  const made: Record<string, Item> = { ...items };
  for (const change of changes) {
    const item = change[side];
    if (item) made[change.id] = item;
    else delete made[change.id];
  }
  return made;
}

/** Does a step; whatever had been undone can no longer be redone. */
export const perform = ({ items, log }: Worked, step: Step): Worked => ({
  items: put(items, step.changes, 'after'),
  log: { done: [...log.done, step].slice(-LONGEST_LOG), undone: [] },
});

export function undo(worked: Worked): Worked {
  const step = worked.log.done.at(-1);
  if (!step) return worked;
  return {
    items: put(worked.items, step.changes, 'before'),
    log: { done: worked.log.done.slice(0, -1), undone: [...worked.log.undone, step] },
  };
}

export function redo(worked: Worked): Worked {
  const step = worked.log.undone.at(-1);
  if (!step) return worked;
  return {
    items: put(worked.items, step.changes, 'after'),
    log: { done: [...worked.log.done, step], undone: worked.log.undone.slice(0, -1) },
  };
}
