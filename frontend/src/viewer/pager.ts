/** Brings the frames of a stack on screen one at a time. */
import type { Types } from '@cornerstonejs/core';
import { listenEarly } from './early';
import type { Frame } from './frames';
import { isInMemory, loadNow } from './imageIds';
import { type LoadProblem, loadProblemOf } from './loadProblem';

interface PagerEvents {
  /** `isComing`: it has to be fetched or decoded first. */
  readonly onWanted: (index: number, isComing: boolean) => void;
  /** Just before another image takes the place of the one shown. */
  readonly onLeaving: () => void;
  /** An early picture is on screen; the image follows in its place. */
  readonly onEarly: (index: number, frame: Frame) => void;
  readonly onShown: (index: number, frame: Frame) => void;
  readonly onProblem: (problem: LoadProblem) => void;
}

/** The frame wanted, the one on screen (-1: none), and whether that is an early picture only. */
export interface Place {
  wanted: number;
  shown: number;
  isEarly: boolean;
}

/** Shows frames by index; of several asked for in a hurry only the last one is drawn. */
export function createPager(
  viewport: Types.IStackViewport,
  frames: readonly Frame[],
  place: Place,
  events: PagerEvents,
): (index: number) => Promise<void> {
  /** Puts the image there once it has come. */
  const put = (index: number): Promise<unknown> =>
    place.shown < 0
      ? viewport.setStack(
          frames.map(({ imageId }) => imageId),
          index,
        )
      : viewport.setImageIdIndex(index);

  return async (index) => {
    const frame = frames[index];
    if (!frame) return;
    place.wanted = index;
    events.onWanted(index, !isInMemory(frame));
    let putting: Promise<unknown> | undefined;
    const stopListening = listenEarly(frame.imageId, (early) => {
      if (place.wanted !== index || putting) return;
      events.onLeaving();
      putting = put(index);
      putting.catch(() => undefined); // loading says what is wrong
      viewport.renderImageObject(early);
      Object.assign(place, { shown: index, isEarly: true });
      events.onEarly(index, frame);
    });
    try {
      await loadNow(frame).finally(stopListening);
      if (place.wanted !== index) return;
      events.onLeaving();
      await (putting ?? put(index));
      if (place.wanted !== index) return;
      Object.assign(place, { shown: index, isEarly: false });
      events.onShown(index, frame);
    } catch (error) {
      if (place.wanted === index) events.onProblem(loadProblemOf(error));
    }
  };
}
