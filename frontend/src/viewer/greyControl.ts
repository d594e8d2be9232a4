/** Window and inversion of a viewport: the protocol's own until the reader chooses otherwise. */
import type { Types } from '@cornerstonejs/core';
import type { GreyWindow } from './frameFacts';
import type { Frame } from './frames';
import { rangeToWindow, windowToRange } from './greyWindows';
import { windowOfImage } from './pixels';

export interface GreyControl {
  /** Gives a frame just shown its own window, unless the reader has chosen one. */
  attend(frame: Frame): void;
  /** A window, or null for one taken from the pixels on screen. */
  choose(window: GreyWindow | null): void;
  invert(): void;
  reset(frame: Frame): void;
  window(): GreyWindow | null;
  isInverted(): boolean;
}

type Range = { lower: number; upper: number };

const isSameRange = (one: Range | null, other: Range | undefined): boolean =>
  one !== null &&
  other !== undefined &&
  Math.abs(one.lower - other.lower) < 1e-3 &&
  Math.abs(one.upper - other.upper) < 1e-3;

export function createGreyControl(viewport: Types.IStackViewport): GreyControl {
  let applied: Range | null = null;
  let hasChosen = false;
  let isInverted = false;

  const apply = (window: GreyWindow) => {
    const range = windowToRange(window);
    viewport.setProperties({ voiRange: range });
    applied = viewport.getProperties().voiRange ?? range;
  };
  const fromPixels = () => {
    const image = viewport.getCornerstoneImage();
    if (image && !image.color) apply(windowOfImage(image));
  };
  const ownWindow = (frame: Frame) => {
    if (frame.isColour) return;
    const own = frame.windows[0];
    if (own) apply(own);
    else fromPixels();
  };
  // MONOCHROME1 is shown inverted to begin with; the reader's inversion comes on top of that.
  const applyInversion = () => {
    const isInvertedByFile = viewport.getCornerstoneImage()?.invert === true;
    viewport.setProperties({ invert: isInvertedByFile !== isInverted });
  };

  return {
    attend(frame) {
      // Dragging a window does not pass here: it shows as a range that was not set by us.
      const current = viewport.getProperties().voiRange;
      if (applied && !isSameRange(applied, current)) hasChosen = true;
      if (!hasChosen) ownWindow(frame);
    },
    choose(window) {
      hasChosen = window !== null;
      if (window) apply(window);
      else fromPixels();
    },
    invert() {
      isInverted = !isInverted;
      applyInversion();
    },
    reset(frame) {
      hasChosen = false;
      isInverted = false;
      applyInversion();
      ownWindow(frame);
    },
    window() {
      const range = viewport.getProperties().voiRange;
      return range ? rangeToWindow(range) : null;
    },
    isInverted: () => isInverted,
  };
}
