/** Ties a volume in space to an element: loads it, draws it, and lets it rest between moves. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { t } from '../words/t';
import type { Frame } from './frames';
import { type LoadProblem, loadProblemOf } from './loadProblem';
import { meansHere } from './means';
import { type Reduced, reduceStack } from './reducedVolume';
import { straightened } from './straight';
import { windowOf } from './usePlaneEngine';
import { VolumeTooLarge, whyNoVolume } from './volume';
import { fromTheFront, type Orbit } from './volumeCamera';
import { emptyValue, type Look, looksFor } from './volumeLooks';
import { createScene, type Scene } from './volumeScene';

export interface VolumeState {
  readonly scene: Scene | null;
  readonly looks: readonly Look[];
  readonly orbit: Orbit | null;
  readonly reduced: Reduced | null;
  readonly problem: LoadProblem | null;
  readonly loaded: number;
  readonly failed: number;
  /** Moves the camera; the picture is drawn with fewer pixels until it rests. */
  readonly change: (next: (orbit: Orbit) => Orbit) => void;
  readonly fit: () => void;
  /** Draws anew what has changed besides the camera. */
  readonly redraw: () => void;
  readonly retry: () => void;
}

/** The picture rests when nothing has moved it for so long. */
const REST_MS = 300;

/** While slices arrive the volume is drawn anew this often. */
const REDRAW_MS = 700;

const inWords = (title: string, advice: string): LoadProblem => ({ title, advice, status: null });

const AS_ACQUIRED = t('The slices as acquired can be read as they are.');

const notInSpace = (reason: string) =>
  inWords(
    t('These images cannot be shown in 3D'),
    t('{reason} The slices as acquired can be read as they are.', { reason }),
  );

const noGraphics = () =>
  inWords(t('3D needs WebGL, which this browser does not offer'), AS_ACQUIRED);

const problemOf = (error: unknown): LoadProblem =>
  error instanceof VolumeTooLarge
    ? inWords(t('This series is too large to be shown in 3D'), AS_ACQUIRED)
    : loadProblemOf(error);

interface Now {
  orbit: Orbit | null;
  /** The orbit that fits the volume into the stage: while nobody moves it, it goes on doing so. */
  fitted: Orbit | null;
  frame: number;
  rest?: ReturnType<typeof setTimeout>;
}

export function useVolumeScene(
  stage: RefObject<HTMLDivElement | null>,
  frames: readonly Frame[],
): VolumeState {
  const [scene, setScene] = useState<Scene | null>(null);
  const [looks, setLooks] = useState<readonly Look[]>([]);
  const [reduced, setReduced] = useState<Reduced | null>(null);
  const [orbit, setOrbit] = useState<Orbit | null>(null);
  const [problem, setProblem] = useState<LoadProblem | null>(null);
  const [progress, setProgress] = useState({ loaded: 0, failed: 0 });
  const [attempt, setAttempt] = useState(0);
  const now = useRef<Now>({ orbit: null, fitted: null, frame: 0 });

  const drawSoon = useCallback((drawn: Scene, isMoving: boolean) => {
    cancelAnimationFrame(now.current.frame);
    now.current.frame = requestAnimationFrame(() => {
      if (now.current.orbit) drawn.draw(now.current.orbit, isMoving);
    });
  }, []);
  const change = useCallback(
    (next: (orbit: Orbit) => Orbit) => {
      const { orbit: before } = now.current;
      if (!before || !scene) return;
      now.current.orbit = next(before);
      setOrbit(now.current.orbit);
      drawSoon(scene, true);
      clearTimeout(now.current.rest);
      now.current.rest = setTimeout(() => drawSoon(scene, false), REST_MS);
    },
    [scene, drawSoon],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt makes a new scene
  useEffect(() => {
    const element = stage.current;
    const reason = whyNoVolume(frames);
    if (reason) return setProblem(notInSpace(reason));
    const means = meansHere();
    if (!means) return setProblem(noGraphics());
    if (!element) return;
    let isGone = false;
    let stop = () => {};
    const start = async () => {
      const look = looksFor(frames[0] as Frame, await windowOf(frames));
      if (isGone) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const refresh = () => {
        timer = undefined;
        setProgress(reducing.progress());
        made.refresh();
        drawSoon(made, false);
      };
      const asked = { most: means.mostVoxels, air: emptyValue(look) };
      const reducing = reduceStack(straightened(frames), asked, () => {
        timer ??= setTimeout(refresh, REDRAW_MS);
      });
      const made = createScene(element, reducing.reduced, means, () =>
        setProblem(loadProblemOf(new Error('the graphics context was lost'))),
      );
      stop = () => {
        reducing.stop();
        clearTimeout(timer);
        made.destroy();
      };
      now.current.orbit = fromTheFront(reducing.reduced, aspectOf(element));
      now.current.fitted = now.current.orbit;
      setOrbit(now.current.orbit);
      setReduced(reducing.reduced);
      setLooks(look);
      setScene(made);
    };
    setProblem(null);
    start().catch((error: unknown) => !isGone && setProblem(problemOf(error)));
    return () => {
      isGone = true;
      cancelAnimationFrame(now.current.frame);
      clearTimeout(now.current.rest);
      setScene(null);
      stop();
    };
  }, [stage, frames, attempt]);

  useEffect(() => {
    const element = stage.current;
    if (!element || !scene || !reduced) return;
    const observer = new ResizeObserver(() => {
      const { orbit: shown, fitted } = now.current;
      if (shown !== null && shown === fitted) {
        now.current.orbit = fromTheFront(reduced, aspectOf(element));
        now.current.fitted = now.current.orbit;
        setOrbit(now.current.orbit);
      }
      drawSoon(scene, false);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [stage, scene, reduced, drawSoon]);

  const fit = useCallback(() => {
    const element = stage.current;
    if (!reduced || !element) return;
    now.current.fitted = fromTheFront(reduced, aspectOf(element));
    change(() => now.current.fitted as Orbit);
  }, [stage, reduced, change]);
  const redraw = useCallback(() => scene && drawSoon(scene, false), [scene, drawSoon]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { scene, looks, orbit, reduced, problem, change, fit, redraw, retry, ...progress };
}

/** Of a stage that is not laid out yet nothing is known. */
const aspectOf = ({ clientWidth, clientHeight }: HTMLElement): number =>
  clientWidth > 0 && clientHeight > 0 ? clientWidth / clientHeight : 1;
