/** What tidies a segment or combines it with another, on one slice or through a stack of them. */
import { filledBetween } from './filling';
import { margin } from './margins';
import {
  type Combination,
  combine,
  isSameRuns,
  type Mask,
  maskFrom,
  type Runs,
  runsOf,
} from './mask';
import { largestPart } from './parts';
import { smooth } from './smoothing';
import type { Stack } from './solid';
import { editNear, fillHoles } from './tidy';
import type { ImageSize } from './units';

export type Tidying =
  | 'grow'
  | 'shrink'
  | 'smooth'
  | 'holes'
  | 'largest'
  | 'minusOthers'
  | 'union'
  | 'common'
  | 'between';

/** What lies on one slice. */
export interface EditedSlice {
  readonly size: ImageSize;
  /** The segment that is edited. */
  readonly own: Runs;
  /** The one it is combined with. */
  readonly other: Runs;
  /** Those it is taken out of, or else may gain nothing of. */
  readonly beside: readonly Runs[];
}

/** An edit and all that it needs to know; `size` of the stack is that of slices that are alike. */
export interface Edit extends Stack {
  readonly how: Tidying;
  /** How far to grow or shrink, or the width of the box to smooth in; in the unit of the pitch. */
  readonly width_mm: number;
  readonly slices: readonly EditedSlice[];
}

/** What a slice has after an edit. */
export interface Edited {
  readonly index: number;
  readonly runs: Runs;
}

/**
 * Answers the slices that change, and says on the way which share is done. Growing, shrinking and
 * smoothing go through slices as they lie in the patient; slices must then be alike. Holes are
 * those of each slice by itself. Raises: TooLarge.
 */
export function* edit(asked: Edit): Generator<number, Edited[]> {
  const { how, slices } = asked;
  const made = yield* madeBy(asked);
  return slices.flatMap(({ size, own, beside }, index) => {
    const runs = made[index] ?? own;
    if (runs === own) return [];
    const kept = how === 'minusOthers' ? runs : withoutGains(runs, own, beside, size);
    return isSameRuns(kept, own) ? [] : [{ index, runs: kept }];
  });
}

function* madeBy(asked: Edit): Generator<number, readonly Runs[]> {
  const { how, width_mm, slices, shifts } = asked;
  const solid = { ...asked, runs: slices.map(({ own }) => own) };
  if (how === 'grow') return yield* margin(solid, width_mm);
  if (how === 'shrink') return yield* margin(solid, -width_mm);
  if (how === 'smooth') return yield* smooth(solid, width_mm);
  if (how === 'between') return yield* filledBetween(solid);
  if (how === 'largest')
    return largestPart(
      slices.map(({ own, size }) => ({ runs: own, size })),
      shifts,
    );
  const made: Runs[] = [];
  for (const slice of slices) {
    made.push(slice.own.length + slice.other.length > 0 ? bySlice(how, slice) : slice.own);
    yield made.length / slices.length;
  }
  return made;
}

function bySlice(
  how: 'holes' | 'minusOthers' | 'union' | 'common',
  { size, own, other, beside }: EditedSlice,
): Runs {
  const mask = maskFrom(own, size);
  const joined = (before: Mask, runs: Runs, by: Combination) =>
    combine(before, maskFrom(runs, size), by);
  if (how === 'holes') return runsOf(editNear(mask, 1, fillHoles));
  if (how === 'minusOthers')
    return runsOf(beside.reduce((rest, runs) => joined(rest, runs, 'minus'), mask));
  return runsOf(joined(mask, other, how === 'union' ? 'or' : 'and'));
}

/** Less what others have, except where the segment was before. */
function withoutGains(runs: Runs, own: Runs, beside: readonly Runs[], size: ImageSize): Runs {
  if (beside.every(({ length }) => length === 0)) return runs;
  const before = maskFrom(own, size);
  const gained = (other: Runs) => combine(maskFrom(other, size), before, 'minus');
  const after = beside.reduce(
    (rest, other) => combine(rest, gained(other), 'minus'),
    maskFrom(runs, size),
  );
  return runsOf(after);
}
