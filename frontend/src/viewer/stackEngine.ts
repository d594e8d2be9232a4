/** One stack of frames on one element: the only place that talks to a Cornerstone viewport. */
import { Enums, eventTarget, getRenderingEngine, type Types } from '@cornerstonejs/core';
import { type Affine, isSameAffine } from '../geometry/affine';
import type { CanvasPoint } from '../geometry/units';
import {
  affineOf,
  fitKeepingTurn,
  flip,
  type Gaze,
  isFitted,
  lookAt,
  panBy,
  rotateBy,
  zoomAround,
} from './camera';
import { ENGINE_ID, renderingEngine } from './cornerstone';
import type { GreyWindow } from './frameFacts';
import type { Frame } from './frames';
import { createGreyControl } from './greyControl';
import { loadNow, registerFrames } from './imageIds';
import { type LoadProblem, loadProblemOf } from './loadProblem';
import { createNavigation, type NavigationTool } from './navigation';
import { createPrefetch } from './prefetch';

/** What is on screen now. */
export interface View {
  readonly index: number;
  /** Image to CSS pixels of the element; null while nothing is drawn. */
  readonly affine: Affine | null;
  readonly window: GreyWindow | null;
  readonly isInverted: boolean;
}

export interface StackEvents {
  readonly onView: (view: View) => void;
  readonly onShown: (index: number) => void;
  readonly onLoading: (index: number) => void;
  readonly onProblem: (problem: LoadProblem) => void;
}

export interface StackEngine {
  show(index: number): Promise<void>;
  /** Turns pages from the frame asked for last, which may still be on its way. */
  page(by: number): Promise<void>;
  setNavigation(tool: NavigationTool | null): void;
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
  /** Looks at the same place of the patient as another viewport, equally large. */
  lookAt(gaze: Gaze): void;
  currentImage(): Types.IImage | undefined;
  destroy(): void;
}

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
  const navigation = createNavigation(viewport.id);
  const grey = createGreyControl(viewport);
  const prefetch = createPrefetch();
  const place = { wanted: 0, shown: -1 };
  let affine: Affine | null = null;

  const report = () => {
    const next = affineOf(viewport, frames[place.shown]);
    if (!isSameAffine(next, affine)) affine = next;
    const [window, isInverted] = [grey.window(), grey.isInverted()];
    events.onView({ index: place.shown, affine, window, isInverted });
  };
  const redrawAfter = (change: () => void) => {
    if (place.shown < 0) return;
    change();
    viewport.render();
    report();
  };
  const show = createPager(viewport, frames, place, {
    ...events,
    onShown(index, frame) {
      redrawAfter(() => grey.attend(frame));
      events.onShown(index);
      prefetch.around(frames, index);
    },
  });
  const stopWatching = watch(element, {
    onChange: report,
    onResize() {
      const wasFitted = place.shown >= 0 && isFitted(viewport);
      getRenderingEngine(ENGINE_ID)?.resize(true, true);
      if (wasFitted) redrawAfter(() => fitKeepingTurn(viewport));
      else report();
    },
    onFailure(imageId, error) {
      if (imageId === frames[place.wanted]?.imageId) events.onProblem(loadProblemOf(error));
    },
  });

  return {
    show,
    page: (by) => show(Math.min(frames.length - 1, Math.max(0, place.wanted + by))),
    setNavigation: navigation.use,
    setWindow: (window) => redrawAfter(() => grey.choose(window)),
    invert: () => redrawAfter(grey.invert),
    reset: () =>
      redrawAfter(() => {
        const frame = frames[place.shown];
        if (frame) grey.reset(frame);
        viewport.setViewPresentation({ rotation: 0 });
        viewport.resetCamera();
      }),
    fit: () => redrawAfter(() => fitKeepingTurn(viewport)),
    rotate: (degrees) => redrawAfter(() => rotateBy(viewport, degrees)),
    flip: (axis) => redrawAfter(() => flip(viewport, axis)),
    zoom: (factor, around) => redrawAfter(() => zoomAround(viewport, factor, around)),
    pan: (by) => redrawAfter(() => panBy(viewport, by)),
    lookAt: (gaze) =>
      redrawAfter(() => {
        const frame = frames[place.shown];
        if (frame) lookAt(viewport, frame, gaze);
      }),
    currentImage: () => (place.shown < 0 ? undefined : viewport.getCornerstoneImage()),
    destroy() {
      place.wanted = -1;
      stopWatching();
      prefetch.stop();
      navigation.destroy();
      getRenderingEngine(ENGINE_ID)?.disableElement(viewport.id);
    },
  };
}

interface PagerEvents {
  readonly onLoading: (index: number) => void;
  readonly onShown: (index: number, frame: Frame) => void;
  readonly onProblem: (problem: LoadProblem) => void;
}

/** Shows frames by index; of several asked for in a hurry only the last one is drawn. */
function createPager(
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

interface Watched {
  readonly onChange: () => void;
  readonly onResize: () => void;
  readonly onFailure: (imageId: string | undefined, error: unknown) => void;
}

/** Calls back when the view changes or an image fails; returns what ends the watch. */
function watch(element: HTMLDivElement, { onChange, onResize, onFailure }: Watched): () => void {
  const onLoadError = (event: Event) => {
    const detail = (event as CustomEvent<{ imageId?: string; error?: unknown }>).detail;
    onFailure(detail.imageId, detail.error);
  };
  const failures = [Enums.Events.IMAGE_LOAD_ERROR, Enums.Events.IMAGE_LOAD_FAILED];
  const changes = [
    Enums.Events.IMAGE_RENDERED,
    Enums.Events.CAMERA_MODIFIED,
    Enums.Events.VOI_MODIFIED,
  ];
  for (const name of failures) eventTarget.addEventListener(name, onLoadError);
  for (const name of changes) element.addEventListener(name, onChange);
  const observer = new ResizeObserver(onResize);
  observer.observe(element);
  return () => {
    for (const name of failures) eventTarget.removeEventListener(name, onLoadError);
    for (const name of changes) element.removeEventListener(name, onChange);
    observer.disconnect();
  };
}
