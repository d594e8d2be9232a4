/** The edit of a segment that is being computed: how far it is, giving it up, keeping what it made. */
import { create } from 'zustand';
import { TooLarge } from '../../geometry/margins';
import type { Edit, Edited } from '../../geometry/stackEdit';
import { t } from '../../words/t';
import { type Compute, type Computing, GivenUp } from './computing';
import { type Items, type Segment, segmentsOf, stateText } from './items';
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
  readonly make: (changes: readonly Edited[], items: Items) => readonly Segment[];
  /** Keeps what was made, in one step. */
  readonly keep: (made: readonly Segment[]) => void;
}

/** Computes an edit and keeps it; begins anew where a segment was changed meanwhile. */
export async function runEdit(asked: Asked, compute: Compute): Promise<void> {
  if (isEditing()) return;
  set({ ...IDLE, title: asked.title });
  try {
    for (;;) {
      const { items } = useReading.getState();
      const computing = compute(asked.ask(items), (share) => set({ share }));
      current = computing;
      const changes = await computing.changes;
      if (!isAsSeen(items)) continue;
      const made = asked.make(changes, items);
      await prepare(made, () => current !== computing);
      if (current !== computing) return;
      if (!isAsSeen(items)) continue;
      current = null;
      set(IDLE);
      return asked.keep(made);
    }
  } catch (error) {
    if (error instanceof GivenUp) return;
    current = null;
    set({ ...IDLE, trouble: error instanceof TooLarge ? TOO_LARGE : FAILED });
  }
}

/** How long is worked on before the window answers again. */
const PIECE_MS = 8;

const answered = () => new Promise((resolve) => setTimeout(resolve));

/**
 * What keeping asks for first, piece by piece: all at once it would hold the window. Nothing of it
 * can be seen; what is then kept is kept at once, in a task of its own.
 */
async function prepare(made: readonly Segment[], isOver: () => boolean): Promise<void> {
  let until = 0;
  for (const segment of made) {
    if (performance.now() >= until) {
      await answered();
      if (isOver()) return;
      until = performance.now() + PIECE_MS;
    }
    stateText(segment);
  }
  await answered();
}

/** Whether the segments are still the same; other things may have been said meanwhile. */
function isAsSeen(items: Items): boolean {
  const { items: now } = useReading.getState();
  if (items === now) return true;
  const [before, after] = [segmentsOf(items), segmentsOf(now)];
  return before.length === after.length && before.every((segment, at) => segment === after[at]);
}
