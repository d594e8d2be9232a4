/** Brings the frames of a stack on screen one at a time. */
import type { Types } from '@cornerstonejs/core';
import type { Frame } from './frames';
import { loadNow } from './imageIds';
import { type LoadProblem, loadProblemOf } from './loadProblem';

interface PagerEvents {
  readonly onLoading: (index: number) => void;
  /** Just before another image takes the place of the one shown. */
  readonly onLeaving: () => void;
  readonly onShown: (index: number, frame: Frame) => void;
  readonly onProblem: (problem: LoadProblem) => void;
}

/** Shows frames by index; of several asked for in a hurry only the last one is drawn. */
export function createPager(
  viewport: Types.IStackViewport,
  frames: readonly Frame[],
  place: { wanted: number; shown: number },
  events: PagerEvents,
): (index: number) => Promise<void> {
  return async (index) => {
    const frame = frames[index];
    if (!frame) return;
    place.wanted = index;
    events.onLoading(index);
    try {
      await loadNow(frame);
      if (place.wanted !== index) return;
      events.onLeaving();
      if (place.shown < 0) {
        const imageIds = frames.map((one) => one.imageId);
        await viewport.setStack(imageIds, index);
      } else await viewport.setImageIdIndex(index);
      if (place.wanted !== index) return;
      place.shown = index;
      events.onShown(index, frame);
    } catch (error) {
      if (place.wanted === index) events.onProblem(loadProblemOf(error));
    }
  };
}
