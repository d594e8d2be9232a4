/** One stack of frames on one element: the only place that talks to a Cornerstone viewport. */
import { Enums, getRenderingEngine, type Types } from '@cornerstonejs/core';
import { type Affine, isSameAffine } from '../geometry/affine';
import type { CanvasPoint } from '../geometry/units';
import type { Hung, ViewSize } from './breastHanging';
import {
  affineOf,
  fitKeepingTurn,
  flip,
  type Gaze,
  isFitted,
  isSamePose,
  lookAt,
  panBy,
  poseOf,
  rotateBy,
  type Turn,
  turnTo,
  zoomAround,
} from './camera';
import { ENGINE_ID, renderingEngine } from './cornerstone';
import type { GreyWindow } from './frameFacts';
import type { Frame } from './frames';
import { createGreyControl } from './greyControl';
import { registerFrames } from './imageIds';
import { type LoadProblem, loadProblemOf } from './loadProblem';
import { createPager, type Place } from './pager';
import { createPrefetch } from './prefetch';
import { watch } from './watching';

/** What is on screen now. */
export interface View {
  readonly index: number;
  /** Image to CSS pixels of the element; null while nothing is drawn. */
  readonly affine: Affine | null;
  readonly window: GreyWindow | null;
  readonly isInverted: boolean;
  /** A mammogram in the place where it was hung, which nobody has moved since. */
  readonly isHung?: boolean;
  /** An early picture of the frame, coarser than the frame itself, which is on its way. */
  readonly isPartial?: boolean;
}

export interface StackEvents {
  readonly onView: (view: View) => void;
  readonly onShown: (index: number) => void;
  /** `isComing`: it is not in memory yet. */
  readonly onWanted: (index: number, isComing: boolean) => void;
  readonly onProblem: (problem: LoadProblem) => void;
}

export interface StackEngine {
  /** The frame asked for last, which may still be on its way. */
  wanted(): number;
  show(index: number): Promise<void>;
  /** Turns pages from the frame asked for last, which may still be on its way. */
  page(by: number): Promise<void>;
  /** A window, or null for one taken from the pixels of the frame on screen. */
  setWindow(window: GreyWindow | null): void;
  invert(): void;
  reset(): void;
  fit(): void;
  rotate(degrees: number): void;
  flip(axis: 'horizontal' | 'vertical'): void;
  /** Zooms by a factor so that the image under `around` (default: the middle) stays put. */
  zoom(factor: number, around?: CanvasPoint): void;
  /** Moves the image by so many CSS pixels. */
  pan(by: CanvasPoint): void;
  /** How frames hang that are not simply shown as stored; null for those that are. */
  setHanging(hanging: Hanging): void;
  /** Looks at the same place of the patient as another viewport, equally large, and turned so. */
  lookAt(gaze: Gaze, turn?: Turn): void;
  /** The image on screen; nothing while that is an early picture, whose values are none. */
  currentImage(): Types.IImage | undefined;
  destroy(): void;
}

const NO_SIZE = { width: 1, height: 1 };

const isSameView = (one: View, other: View): boolean =>
  one.index === other.index &&
  one.affine === other.affine &&
  one.window?.center === other.window?.center &&
  one.window?.width === other.window?.width &&
  one.isInverted === other.isInverted &&
  one.isHung === other.isHung &&
  one.isPartial === other.isPartial;

export type Hanging = (frame: Frame, size: ViewSize) => Hung | null;

let engineCount = 0;

/**
 * Makes an element show one stack; another stack takes another engine, because a viewport keeps
 * window and inversion of the last stack in ways that cannot be undone from outside.
 * Raises: what the graphics layer refuses with.
 */
export async function createStackEngine(
  element: HTMLDivElement,
  frames: readonly Frame[],
  events: StackEvents,
): Promise<StackEngine> {
  const rendering = await renderingEngine();
  engineCount += 1;
  const viewportId = `stack-${engineCount}`;
  rendering.enableElement({
    viewportId,
    type: Enums.ViewportType.STACK,
    element,
    defaultOptions: { background: [0, 0, 0] },
  });
  // Focused, the element would swallow every key before the commands of the page hear it.
  element.removeAttribute('tabindex');
  const viewport = rendering.getViewport(viewportId) as Types.IStackViewport;
  registerFrames(frames);
  return stackOn(element, viewport, frames, events);
}

function stackOn(
  element: HTMLDivElement,
  viewport: Types.IStackViewport,
  frames: readonly Frame[],
  events: StackEvents,
): StackEngine {
  const grey = createGreyControl(viewport);
  const prefetch = createPrefetch();
  const place: Place = { wanted: 0, shown: -1, isEarly: false };
  let affine: Affine | null = null;
  let hanging: Hanging = () => null;
  /** How the image was hung last; null while it hangs as stored. */
  let hungAs: { readonly turn: Turn; readonly pose: readonly number[] } | null = null;
  let wasHung = false;
  let told: View | null = null;

  const hang = (): boolean => {
    const frame = frames[place.shown];
    const { clientWidth: width, clientHeight: height } = element;
    const hung = frame && hanging(frame, { width, height });
    if (!frame || !hung) return false;
    turnTo(viewport, frame, hung.turn);
    lookAt(viewport, frame, hung.gaze);
    hungAs = { turn: hung.turn, pose: poseOf(viewport) };
    return true;
  };
  const isAsHung = (): boolean => hungAs !== null && isSamePose(poseOf(viewport), hungAs.pose);
  const report = () => {
    const next = affineOf(viewport, frames[place.shown]);
    if (!isSameAffine(next, affine)) affine = next;
    const view: View = {
      index: place.shown,
      affine,
      window: grey.window(),
      isInverted: grey.isInverted(),
      isHung: isAsHung(),
      isPartial: place.isEarly,
    };
    // Heard of several times for one slice (its window, its camera, its being drawn), the same
    // view is the same object, so that nothing is drawn for it.
    if (!told || !isSameView(told, view)) told = view;
    events.onView(told);
  };
  const redrawAfter = (change: () => void) => {
    if (place.shown < 0) return;
    change();
    viewport.render();
    report();
  };
  const settle = (frame: Frame) =>
    redrawAfter(() => {
      grey.attend(frame);
      // what was moved stays, unless this image is stored another way round
      const isMoved = hungAs !== null && !wasHung;
      if (isMoved && hanging(frame, NO_SIZE)?.turn === hungAs?.turn) return;
      if (hang() || hungAs === null) return;
      hungAs = null;
      viewport.setViewPresentation({ rotation: 0 });
      viewport.resetCamera();
    });
  const show = createPager(viewport, frames, place, {
    ...events,
    onLeaving() {
      wasHung = isAsHung();
    },
    onEarly: (_, frame) => settle(frame),
    onShown(index, frame) {
      settle(frame);
      events.onShown(index);
      prefetch.around(frames, index);
    },
  });
  const stopWatching = watch(element, {
    onChange: report,
    onResize() {
      const isHung = isAsHung();
      const wasFitted = place.shown >= 0 && isFitted(viewport);
      getRenderingEngine(ENGINE_ID)?.resize(true, true);
      if (isHung) redrawAfter(hang);
      else if (wasFitted) redrawAfter(() => fitKeepingTurn(viewport));
      else report();
    },
    onFailure(imageId, error) {
      if (imageId === frames[place.wanted]?.imageId) events.onProblem(loadProblemOf(error));
    },
  });

  return {
    wanted: () => place.wanted,
    show,
    page: (by) => show(Math.min(frames.length - 1, Math.max(0, place.wanted + by))),
    setWindow: (window) => redrawAfter(() => grey.choose(window)),
    invert: () => redrawAfter(grey.invert),
    reset: () =>
      redrawAfter(() => {
        const frame = frames[place.shown];
        if (frame) grey.reset(frame);
        viewport.setViewPresentation({ rotation: 0 });
        viewport.resetCamera();
        hang();
      }),
    fit: () =>
      redrawAfter(() => {
        if (!hang()) fitKeepingTurn(viewport);
      }),
    setHanging(next) {
      hanging = next;
      if (place.shown < 0 || (hungAs !== null && !isAsHung()) || !hang()) return;
      viewport.render();
      report();
    },
    rotate: (degrees) => redrawAfter(() => rotateBy(viewport, degrees)),
    flip: (axis) => redrawAfter(() => flip(viewport, axis)),
    zoom: (factor, around) => redrawAfter(() => zoomAround(viewport, factor, around)),
    pan: (by) => redrawAfter(() => panBy(viewport, by)),
    lookAt: (gaze, turn) =>
      redrawAfter(() => {
        const frame = frames[place.shown];
        if (frame && turn) turnTo(viewport, frame, turn);
        if (frame) lookAt(viewport, frame, gaze);
      }),
    currentImage: () =>
      place.shown < 0 || place.isEarly ? undefined : viewport.getCornerstoneImage(),
    destroy() {
      place.wanted = -1;
      stopWatching();
      prefetch.stop();
      getRenderingEngine(ENGINE_ID)?.disableElement(viewport.id);
    },
  };
}
