/** The edit of a segment that is being computed: how far it is, giving it up, keeping what it made. */
import { create } from 'zustand';
import { TooLarge } from '../../geometry/margins';
import type { Edit, Edited } from '../../geometry/stackEdit';
import { t } from '../../words/t';
import { type Compute, type Computing, GivenUp } from './computing';
import { type Items, segmentsOf } from './items';
import { useReading } from './store';

interface StackEditing {
  /** What is being done; empty while nothing is. */
  readonly title: string;
  /** 0 to 1 */
  readonly share: number;
  /** What went wrong and what to do; empty while all is well. */
  readonly trouble: string;
}

const IDLE: StackEditing = { title: '', share: 0, trouble: '' };

export const useStackEditing = create<StackEditing>()(() => IDLE);

const { getState: now, setState: set } = useStackEditing;

let current: Computing | null = null;

export const isEditing = (): boolean => now().title !== '';

/** Nothing is kept of what was being computed. */
export function giveEditUp(): void {
  current?.giveUp();
  current = null;
  set(IDLE);
}

/** Whether an edit is still being computed; then it is said, and nothing else happens. */
export function leavesEditOpen(): boolean {
  if (!isEditing()) return false;
  set({ trouble: UNDER_WAY });
  useReading.getState().arrange({ isPanelShown: true });
  return true;
}

const UNDER_WAY = t('This is still being computed: wait for it or give it up, then submit.');
const TOO_LARGE = t(
  'This is too large to be computed here. The segment is as it was; choose a smaller width, or go slice by slice.',
);
const FAILED = t('This could not be computed. The segment is as it was; try it again.');

interface Asked {
  readonly title: string;
  /** The edit of what there is now. */
  readonly ask: (items: Items) => Edit;
  /** Keeps what changed, in one step. */
  readonly keep: (changes: readonly Edited[]) => void;
}

/** Computes an edit and keeps it; begins anew where a segment was changed meanwhile. */
export async function runEdit({ title, ask, keep }: Asked, compute: Compute): Promise<void> {
  if (isEditing()) return;
  set({ ...IDLE, title });
  try {
    for (;;) {
      const { items } = useReading.getState();
      current = compute(ask(items), (share) => set({ share }));
      const changes = await current.changes;
      if (isAlike(items, useReading.getState().items)) {
        current = null;
        set(IDLE);
        return keep(changes);
      }
    }
  } catch (error) {
    if (error instanceof GivenUp) return;
    current = null;
    set({ ...IDLE, trouble: error instanceof TooLarge ? TOO_LARGE : FAILED });
  }
}

/** Whether the segments are the same; other things may have been said meanwhile. */
function isAlike(one: Items, other: Items): boolean {
  if (one === other) return true;
  const [before, after] = [segmentsOf(one), segmentsOf(other)];
  return before.length === after.length && before.every((segment, at) => segment === after[at]);
}
