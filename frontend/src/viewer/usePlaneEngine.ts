/** Ties one plane through a volume to an element, and follows the loading of the volume. */
import { cache } from '@cornerstonejs/core';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { PlaneName, Planes } from '../geometry/planes';
import { t } from '../words/t';
import type { GreyWindow } from './frameFacts';
import type { Frame } from './frames';
import { loadNow } from './imageIds';
import { type LoadProblem, loadProblemOf } from './loadProblem';
import { windowOfImage } from './pixels';
import { straightened } from './straight';
import { type LoadedVolume, openVolume, VolumeTooLarge, whyNoVolume } from './volume';
import { createPlaneEngine, type PlaneEngine, type PlaneView, type Slab } from './volumeEngine';

export interface PlaneProps {
  readonly frames: readonly Frame[];
  readonly name: PlaneName;
  readonly planes: Planes;
  readonly slab: Slab;
  /** Heard before the plane is drawn. */
  readonly onAimed?: (view: PlaneView) => void;
}

export interface PlaneState {
  readonly engine: PlaneEngine | null;
  readonly view: PlaneView | null;
  readonly problem: LoadProblem | null;
  readonly loaded: number;
  readonly failed: number;
  readonly retry: () => void;
}

/** While slices arrive the plane is drawn anew this often, not at every slice. */
const REDRAW_MS = 400;

const notAVolume = (reason: string): LoadProblem => ({
  title: t('These images cannot be cut in other planes'),
  advice: t('{reason} The slices as acquired can be read as they are.', { reason }),
  status: null,
});

const TOO_LARGE: LoadProblem = {
  title: t('This volume does not fit into the memory set aside for images'),
  advice: t('The slices as acquired can be read as they are.'),
  status: null,
};

/** The protocol's window, else one from the slice in the middle. */
export async function windowOf(frames: readonly Frame[]): Promise<GreyWindow> {
  const middle = frames[Math.floor(frames.length / 2)] as Frame;
  const image = await loadNow(middle);
  return middle.windows[0] ?? windowOfImage(image);
}

export function usePlaneEngine(
  stage: RefObject<HTMLDivElement | null>,
  props: PlaneProps,
): PlaneState {
  const [engine, setEngine] = useState<PlaneEngine | null>(null);
  const [view, setView] = useState<PlaneView | null>(null);
  const [problem, setProblem] = useState<LoadProblem | null>(null);
  const [progress, setProgress] = useState({ loaded: 0, failed: 0 });
  const [attempt, setAttempt] = useState(0);
  const [volume, setVolume] = useState<LoadedVolume | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { frames, name, planes, slab } = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt makes a new engine
  useEffect(() => {
    const element = stage.current;
    const reason = whyNoVolume(frames);
    if (reason) return setProblem(notAVolume(reason));
    if (!element) return;
    let isGone = false;
    let made: PlaneEngine | null = null;
    let opened: LoadedVolume | null = null;
    const events = {
      onView(next: PlaneView) {
        if (isGone) return;
        latest.current.onAimed?.(next);
        setView(next);
      },
    };
    const start = async () => {
      const window = await windowOf(frames);
      opened = await openVolume(straightened(frames));
      if (isGone) return opened.release();
      setVolume(opened);
      const { planes, slab } = latest.current;
      made = await createPlaneEngine(element, opened, name, { planes, slab, window }, events);
      if (isGone) made.destroy();
      else setEngine(made);
    };
    setProblem(null);
    start().catch((error: unknown) => {
      if (!isGone) setProblem(error instanceof VolumeTooLarge ? TOO_LARGE : loadProblemOf(error));
    });
    return () => {
      isGone = true;
      made?.destroy();
      setEngine(null);
      setView(null);
      opened?.release();
    };
  }, [stage, frames, name, attempt]);

  useEffect(() => engine?.setPlanes(planes), [engine, planes]);
  useEffect(() => engine?.setSlab(slab), [engine, slab]);
  useEffect(() => volume?.lookAt(planes.centre), [volume, planes]);
  useEffect(() => {
    if (!volume || !engine) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const redraw = () => {
      timer = undefined;
      setProgress(volume.progress());
      engine.render();
    };
    const stop = volume.onProgress(() => {
      const { loaded, failed } = volume.progress();
      if (loaded + failed < volume.frames.length) timer ??= setTimeout(redraw, REDRAW_MS);
      else {
        clearTimeout(timer);
        redraw();
      }
    });
    redraw();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [volume, engine]);

  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { engine, view, problem, retry, ...progress };
}

/** The decoded slice, when it is in memory. */
export const cachedImage = (frame: Frame | undefined) =>
  frame ? cache.getImage(frame.imageId) : undefined;
