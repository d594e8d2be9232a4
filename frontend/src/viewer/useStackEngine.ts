/** Ties a stack engine to an element for as long as the element shows that stack. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { Frame } from './frames';
import { type LoadProblem, loadProblemOf, STALLED } from './loadProblem';
import { createStackEngine, type StackEngine, type StackEvents, type View } from './stackEngine';

export interface EngineProps {
  readonly frames: readonly Frame[];
  readonly firstIndex?: number;
  readonly onView: (view: View) => void;
  readonly onShown: (index: number) => void;
  readonly onProblem?: (problem: LoadProblem | null) => void;
  /** Heard before that frame takes the place of the one on screen. */
  readonly onWanted?: (index: number) => void;
}

export interface EngineState {
  readonly engine: StackEngine | null;
  readonly view: View;
  readonly isLoading: boolean;
  readonly problem: LoadProblem | null;
  readonly retry: () => void;
}

/** Nobody waits longer than this for one image without wondering. */
const PATIENCE_MS = 45_000;

const NOTHING: View = { index: -1, affine: null, window: null, isInverted: false };

export function useStackEngine(
  stage: RefObject<HTMLDivElement | null>,
  props: EngineProps,
): EngineState {
  const [engine, setEngine] = useState<StackEngine | null>(null);
  const [view, setView] = useState<View>(NOTHING);
  const [isLoading, setLoading] = useState(true);
  const [problem, setProblem] = useState<LoadProblem | null>(null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(props);
  latest.current = props;
  const wanted = useRef<number | null>(null);
  const { frames } = props;

  const tell = useCallback((next: LoadProblem | null) => {
    setProblem(next);
    latest.current.onProblem?.(next);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt makes a new engine
  useEffect(() => {
    const element = stage.current;
    if (!element || frames.length === 0) return;
    const first = wanted.current ?? latest.current.firstIndex ?? 0;
    const events: StackEvents = {
      onView(next) {
        setView(next);
        latest.current.onView(next);
      },
      onWanted(index, isComing) {
        wanted.current = index;
        latest.current.onWanted?.(index);
        if (isComing) setLoading(true);
      },
      onShown(index) {
        setLoading(false);
        tell(null);
        latest.current.onShown(index);
      },
      onProblem(next) {
        setLoading(false);
        tell(next);
      },
    };
    setView(NOTHING);
    setLoading(true);
    setProblem(null);
    return runEngine(element, frames, events, (made) => {
      setEngine(made);
      void made?.show(Math.min(frames.length - 1, first));
    });
  }, [stage, frames, attempt, tell]);

  useEffect(() => {
    if (!isLoading || frames.length === 0) return;
    const timer = setTimeout(() => tell(STALLED), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLoading, frames, tell]);

  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { engine, view, isLoading, problem, retry };
}

/** The state of a viewport in one word. */
export function stateOf(problem: LoadProblem | null, isLoading: boolean, view: View): string {
  if (problem) return 'problem';
  if (isLoading) return view.isPartial ? 'partial' : 'loading';
  return view.affine ? 'shown' : 'empty';
}

/** Makes an engine, tells `onEngine` of it, and returns what takes it away again. */
function runEngine(
  element: HTMLDivElement,
  frames: readonly Frame[],
  events: StackEvents,
  onEngine: (engine: StackEngine | null) => void,
): () => void {
  let isGone = false;
  let made: StackEngine | null = null;
  const ifHere =
    <Told extends unknown[]>(tell: (...told: Told) => void) =>
    (...told: Told) => {
      if (!isGone) tell(...told);
    };
  const heard: StackEvents = {
    onView: ifHere(events.onView),
    onShown: ifHere(events.onShown),
    onWanted: ifHere(events.onWanted),
    onProblem: ifHere(events.onProblem),
  };
  createStackEngine(element, frames, heard)
    .then((engine) => {
      made = engine;
      if (isGone) engine.destroy();
      else onEngine(engine);
    })
    .catch((error: unknown) => heard.onProblem(loadProblemOf(error)));
  return () => {
    isGone = true;
    made?.destroy();
    onEngine(null);
  };
}
