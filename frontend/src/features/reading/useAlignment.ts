/** Aligns the stacks on screen by content, once there are images and they scroll together. */
import { useEffect } from 'react';
import { alignByContent } from '../../viewer/alignContent';
import type { Frame, Series } from '../../viewer/frames';
import { alignmentOf, note, pairsOf, useAlignments } from './alignment';
import { useLayout } from './layout';
import { ports } from './ports';

/** `isReady` once an image is on screen: nothing is looked at before. */
export function useAlignment(stacks: readonly (Series | undefined)[], isReady: boolean): void {
  const isLinked = useLayout((layout) => layout.links.scroll);
  const attempt = useAlignments((alignments) => alignments.attempt);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt is a reason to look again
  useEffect(() => {
    if (!isReady || !isLinked) return;
    let isOver = false;
    const frames = stacks.flatMap((stack) => (stack ? [stack.frames] : []));
    void alignAll(
      frames,
      () => ports.settle(useLayout.getState().active),
      () => isOver,
    );
    return () => {
      isOver = true;
    };
  }, [stacks, isReady, isLinked, attempt]);
}

/** Looks at every pair of stacks that nothing is known of yet; tells of each that content aligns. */
async function alignAll(
  stacks: readonly (readonly Frame[])[],
  onFound: () => void,
  isOver: () => boolean,
): Promise<void> {
  for (const [{ frames: one }, { frames: other }] of pairsOf(
    stacks.map((frames) => ({ frames, view: null })),
  )) {
    const isKnown = () => alignmentOf(useAlignments.getState(), one, other) !== undefined;
    if (isOver() || isKnown()) continue;
    const shift = await alignByContent(one, other, isOver);
    // The reader may have linked them meanwhile.
    if (isOver() || isKnown()) continue;
    note(one, other, shift ? { by: 'content', ...shift } : { by: 'nothing' });
    if (shift) onFound();
  }
}
