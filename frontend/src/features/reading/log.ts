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
const LONGEST_LOG = 500;

/**
 * Numbers in the run lengths that all steps may keep together, some tens of megabytes: an edit
 * through hundreds of slices keeps hundreds of masks. The newest step is kept whatever it takes.
 */
export const LARGEST_LOG = 2_000_000;

const weights = new WeakMap<Step, number>();

function weightOf(step: Step): number {
  const lengthOf = (item: Item | null) => (item?.kind === 'segment' ? item.runs.length : 0);
  const weight =
    weights.get(step) ??
    step.changes.reduce((sum, { before, after }) => sum + lengthOf(before) + lengthOf(after), 0);
  weights.set(step, weight);
  return weight;
}

/** The newest steps that may be kept. */
function newest(steps: readonly Step[]): readonly Step[] {
  let first = steps.length - 1;
  let weight = weightOf(steps[first] as Step);
  while (first > 0 && steps.length - first < LONGEST_LOG) {
    weight += weightOf(steps[first - 1] as Step);
    if (weight > LARGEST_LOG) break;
    first -= 1;
  }
  return steps.slice(first);
}

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
  log: { done: newest([...log.done, step]), undone: [] },
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
