/** Ties a stack engine to an element for as long as the element lives. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { Frame } from './frames';
import { type LoadProblem, loadProblemOf } from './loadProblem';
import { createStackEngine, type StackEngine, type View } from './stackEngine';

export interface EngineProps {
  readonly frames: readonly Frame[];
  readonly firstIndex?: number;
  readonly onView: (view: View) => void;
  readonly onShown: (index: number) => void;
  readonly onProblem?: (problem: LoadProblem | null) => void;
}

export interface EngineState {
  readonly engine: StackEngine | null;
  readonly view: View;
  readonly loading: boolean;
  readonly problem: LoadProblem | null;
  readonly retry: () => void;
}

const NOTHING: View = { index: -1, affine: null, window: null, isInverted: false };

export function useStackEngine(
  stage: RefObject<HTMLDivElement | null>,
  props: EngineProps,
): EngineState {
  const [engine, setEngine] = useState<StackEngine | null>(null);
  const [view, setView] = useState<View>(NOTHING);
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<LoadProblem | null>(null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(props);
  latest.current = props;
  const wanted = useRef(0);

  const tell = useCallback((next: LoadProblem | null) => {
    setProblem(next);
    latest.current.onProblem?.(next);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt makes a new engine
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    let isGone = false;
    let made: StackEngine | null = null;
    createStackEngine(element, {
      onView: (next) => {
        setView(next);
        latest.current.onView(next);
      },
      onShown: (index) => {
        setLoading(false);
        tell(null);
        latest.current.onShown(index);
      },
      onLoading: (index) => {
        wanted.current = index;
        setLoading(true);
      },
      onProblem: (next) => {
        setLoading(false);
        tell(next);
      },
    })
      .then((ready) => {
        made = ready;
        if (isGone) ready.destroy();
        else setEngine(ready);
      })
      .catch((error: unknown) => !isGone && tell(loadProblemOf(error)));
    return () => {
      isGone = true;
      made?.destroy();
      setEngine(null);
    };
  }, [stage, tell]);

  const { frames } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt is a reason of its own
  useEffect(() => {
    if (!engine || frames.length === 0) return;
    const first = attempt > 0 ? wanted.current : (latest.current.firstIndex ?? 0);
    setProblem(null);
    void engine.setFrames(frames, Math.min(frames.length - 1, first));
  }, [engine, frames, attempt]);

  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { engine, view, loading, problem, retry };
}
