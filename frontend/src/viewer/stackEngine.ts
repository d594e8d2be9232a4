/** One stack of frames on one element: the only place that talks to a Cornerstone viewport. */
import { Enums, eventTarget, getRenderingEngine, type Types } from '@cornerstonejs/core';
import { type Affine, isSameAffine } from '../geometry/affine';
import type { CanvasPoint } from '../geometry/units';
import { affineOf, fitKeepingTurn, flip, rotateBy, zoomAround } from './camera';
import { ENGINE_ID, renderingEngine } from './cornerstone';
import type { GreyWindow } from './frameFacts';
import type { Frame } from './frames';
import { rangeToWindow, windowFromValues, windowToRange } from './greyWindows';
import { loadNow, registerFrames } from './imageIds';
import { type LoadProblem, loadProblemOf } from './loadProblem';
import { createNavigation, type NavigationTool } from './navigation';
import { modalityValues } from './pixels';
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
  setFrames(frames: readonly Frame[], index: number): Promise<void>;
  show(index: number): Promise<void>;
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
  currentImage(): Types.IImage | undefined;
  destroy(): void;
}

let engineCount = 0;

/** Makes an element show stacks. Raises: what the graphics layer refuses with. */
export async function createStackEngine(
  element: HTMLDivElement,
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
  const viewport = rendering.getViewport(viewportId) as Types.IStackViewport;
  return stackOn(element, viewport, events);
}

function stackOn(
  element: HTMLDivElement,
  viewport: Types.IStackViewport,
  events: StackEvents,
): StackEngine {
  const navigation = createNavigation(viewport.id);
  const prefetch = createPrefetch();
  let frames: readonly Frame[] = [];
  let wanted = 0;
  let shown = -1;
  let lastAffine: Affine | null = null;
  let chosenWindow = false;

  const report = () => {
    const affine = shown < 0 ? null : affineOf(viewport, frames[shown]);
    if (!isSameAffine(affine, lastAffine)) lastAffine = affine;
    const { voiRange, invert } = viewport.getProperties();
    events.onView({
      index: shown,
      affine: lastAffine,
      window: voiRange ? rangeToWindow(voiRange) : null,
      isInverted: invert === true,
    });
  };

  const redraw = () => {
    viewport.render();
    report();
  };

  const windowFromPixels = () => {
    const image = viewport.getCornerstoneImage();
    if (!image || image.color) return;
    viewport.setProperties({ voiRange: windowToRange(windowFromValues(modalityValues(image))) });
  };

  const afterShown = (index: number) => {
    shown = index;
    const frame = frames[index];
    if (!chosenWindow && frame && !frame.isColour && frame.windows.length === 0) windowFromPixels();
    redraw();
    events.onShown(index);
    prefetch.around(frames, index);
  };

  const show = async (index: number) => {
    const frame = frames[index];
    if (!frame) return;
    const stack = frames;
    wanted = index;
    events.onLoading(index);
    try {
      await loadNow(frame);
      if (wanted !== index || stack !== frames) return;
      if (shown < 0) {
        await viewport.setStack(
          frames.map((one) => one.imageId),
          index,
        );
        viewport.resetProperties();
        chosenWindow = false;
      } else await viewport.setImageIdIndex(index);
      if (wanted === index && stack === frames) afterShown(index);
    } catch (error) {
      if (wanted === index && stack === frames) events.onProblem(loadProblemOf(error));
    }
  };

  const onLoadError = (event: Event) => {
    const detail = (event as CustomEvent<{ imageId?: string; error?: unknown }>).detail;
    if (detail.imageId === frames[wanted]?.imageId) events.onProblem(loadProblemOf(detail.error));
  };
  const failures = [Enums.Events.IMAGE_LOAD_ERROR, Enums.Events.IMAGE_LOAD_FAILED];
  for (const name of failures) eventTarget.addEventListener(name, onLoadError);
  const changes = [
    Enums.Events.IMAGE_RENDERED,
    Enums.Events.CAMERA_MODIFIED,
    Enums.Events.VOI_MODIFIED,
  ];
  for (const name of changes) element.addEventListener(name, report);
  const observer = new ResizeObserver(() => {
    getRenderingEngine(ENGINE_ID)?.resize(true, true);
    report();
  });
  observer.observe(element);

  return {
    async setFrames(next, index) {
      frames = next;
      shown = -1;
      registerFrames(next);
      report();
      await show(index);
    },
    show,
    setNavigation: navigation.use,
    setWindow(window) {
      if (shown < 0) return;
      chosenWindow = window !== null;
      if (window) viewport.setProperties({ voiRange: windowToRange(window) });
      else windowFromPixels();
      redraw();
    },
    invert() {
      viewport.setProperties({ invert: !viewport.getProperties().invert });
      redraw();
    },
    reset() {
      if (shown < 0) return;
      chosenWindow = false;
      viewport.resetProperties();
      viewport.setViewPresentation({ rotation: 0 });
      viewport.resetCamera();
      afterShown(shown);
    },
    fit() {
      fitKeepingTurn(viewport);
      redraw();
    },
    rotate(degrees) {
      rotateBy(viewport, degrees);
      redraw();
    },
    flip(axis) {
      flip(viewport, axis);
      redraw();
    },
    zoom(factor, around) {
      zoomAround(viewport, factor, around);
      redraw();
    },
    currentImage: () => (shown < 0 ? undefined : viewport.getCornerstoneImage()),
    destroy() {
      for (const name of failures) eventTarget.removeEventListener(name, onLoadError);
      for (const name of changes) element.removeEventListener(name, report);
      observer.disconnect();
      prefetch.stop();
      navigation.destroy();
      getRenderingEngine(ENGINE_ID)?.disableElement(viewport.id);
    },
  };
}
