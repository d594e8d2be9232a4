/** Moves an image as mouse or fingers ask for. */
import { type CanvasPoint, canvasPoint } from '../geometry/units';
import type { GreyWindow } from './frameFacts';
import type { Motion } from './touch';

/** What mouse and fingers move. */
export interface Moved {
  /** Slices there are to scroll through. */
  readonly count: number;
  page(by: number): unknown;
  pan(by: CanvasPoint): void;
  zoom(factor: number, around: CanvasPoint): void;
  window(): GreyWindow | null;
  setWindow(window: GreyWindow): void;
}

/** The part of its width that a window changes by per CSS pixel. */
const PER_PIXEL = 1 / 300;

const windowed = ({ center, width }: GreyWindow, [across, down]: CanvasPoint): GreyWindow => ({
  center: center + down * width * PER_PIXEL,
  width: Math.max(1, width + across * width * PER_PIXEL),
});

/** How a way of the hand becomes slices. */
export interface Scrolling {
  /** CSS pixels that turn a page; what is left over counts at the next motion. */
  readonly page: number;
  /** 1 where down the screen is the next slice. */
  readonly direction: 1 | -1;
  /** A single image has nothing to scroll: it is moved instead. */
  readonly pansOne: boolean;
}

export interface Mover {
  act(image: Moved, motion: Motion, scrolling: Scrolling): void;
  /** Forgets what was left over of a page. */
  begin(): void;
}

export function createMover(): Mover {
  let rest = 0;
  return {
    begin() {
      rest = 0;
    },
    act(image, motion, { page, direction, pansOne }) {
      if (motion.type === 'pan') image.pan(motion.by);
      else if (motion.type === 'zoom') image.zoom(motion.factor, motion.around);
      else if (motion.type === 'window') {
        const window = image.window();
        if (window) image.setWindow(windowed(window, motion.by));
      } else if (image.count < 2) {
        if (pansOne) image.pan(canvasPoint(0, motion.by));
      } else {
        rest += motion.by;
        const pages = Math.trunc(rest / page);
        rest -= pages * page;
        if (pages !== 0) image.page(direction * pages);
      }
    },
  };
}
