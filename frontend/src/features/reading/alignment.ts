/** How stacks that share no frame of reference go with each other: by content, by hand, or as hung. */
import { create } from 'zustand';
import type { Frame } from '../../viewer/frames';
import { mayAlign, register, turnedOffset } from '../../viewer/linking';

export type Alignment =
  | { readonly by: 'content'; readonly offset_mm: number; readonly error_mm: number }
  /** The reader linked the slices that were on screen. */
  | { readonly by: 'hand'; readonly offset_mm: number }
  /** It was looked at and is not sure. */
  | { readonly by: 'nothing' };

interface Alignments {
  /** By the two series, the first before the second; the offset is from the first. */
  readonly known: ReadonlyMap<string, Alignment>;
  /** Counts how often content was asked for anew. */
  readonly attempt: number;
}

/** A stack, and the slice of it on screen. */
export interface Looked {
  readonly frames: readonly Frame[];
  readonly view: { readonly index: number } | null;
}

type Frames = readonly Frame[];

export const useAlignments = create<Alignments>()(() => ({ known: new Map(), attempt: 0 }));

const uidOf = ([first]: Frames): string => first?.series_uid ?? '';

/** Both ways round it is one pair. */
const isTurned = (one: Frames, other: Frames): boolean => uidOf(one) > uidOf(other);

const keyOf = (one: Frames, other: Frames): string =>
  (isTurned(one, other) ? [other, one] : [one, other]).map(uidOf).join(' ');

export const alignmentOf = (
  { known }: Pick<Alignments, 'known'>,
  one: Frames,
  other: Frames,
): Alignment | undefined => known.get(keyOf(one, other));

/** What to add to a position in the first stack, along its normal; null where nothing is known. */
export function knownOffset(one: Frames, other: Frames): number | null {
  const found = alignmentOf(useAlignments.getState(), one, other);
  const [first, second] = [one[0], other[0]];
  if (!found || found.by === 'nothing' || !first || !second) return null;
  return isTurned(one, other) ? turnedOffset(found.offset_mm, second, first) : found.offset_mm;
}

export function note(one: Frames, other: Frames, alignment: Alignment): void {
  const known = new Map(useAlignments.getState().known);
  useAlignments.setState({ known: known.set(keyOf(one, other), alignment) });
}

/** From now on the slices on screen correspond, whatever content says. */
export function linkByHand(looked: readonly Looked[]): void {
  for (const [one, other] of pairsOf(looked)) {
    const [frame, beside] = [shownOf(one), shownOf(other)];
    const made = frame && beside && register(frame, beside);
    if (made?.by === 'place')
      note(one.frames, other.frames, { by: 'hand', offset_mm: made.offset_mm });
  }
}

function shownOf({ frames, view }: Looked) {
  const frame = frames[view?.index ?? -1];
  return frame && view ? { frame, index: view.index } : null;
}

/** What was found or linked is forgotten, and content is looked at anew. */
export function forgetAlignments(looked: readonly Looked[]): void {
  const known = new Map(useAlignments.getState().known);
  for (const [one, other] of pairsOf(looked)) known.delete(keyOf(one.frames, other.frames));
  useAlignments.setState({ known, attempt: useAlignments.getState().attempt + 1 });
}

/** Pairs that content may say something of, each in the order in which it is kept. */
export const pairsOf = (looked: readonly Looked[]): (readonly [Looked, Looked])[] =>
  looked.flatMap((one, at) =>
    looked
      .slice(at + 1)
      .filter((other) => mayAlign(one.frames, other.frames))
      .map((other) =>
        isTurned(one.frames, other.frames) ? ([other, one] as const) : ([one, other] as const),
      ),
  );
