/** Surfaces of the segments of a stack, made anew where paint changed them. */
import { useEffect, useRef, useState } from 'react';
import type { Runs } from '../geometry/mask';
import { type Surface, surfaceOf } from '../geometry/surface';
import type { Frame } from './frames';
import type { SegmentOnFrame } from './segments';
import { byLabel, keptPatch } from './stackSegments';

export interface LabelSurface {
  readonly label_key: string;
  readonly surface: Surface;
}

interface Made {
  readonly runs: ReadonlyMap<number, Runs>;
  readonly surface: Surface | null;
}

const isSame = (one: ReadonlyMap<number, Runs>, other: ReadonlyMap<number, Runs>): boolean =>
  one.size === other.size && [...one].every(([index, runs]) => other.get(index) === runs);

/** One label after the other, each in a piece of its own, so that the hand is never held up. */
export function useSurfaces(
  frames: readonly Frame[],
  segments: readonly SegmentOnFrame[],
): readonly LabelSurface[] {
  const [shown, setShown] = useState<readonly LabelSurface[]>([]);
  const made = useRef<{ frames: readonly Frame[]; labels: Map<string, Made> }>(null);
  useEffect(() => {
    if (made.current?.frames !== frames) made.current = { frames, labels: new Map() };
    const { labels } = made.current;
    const wanted = byLabel(frames, segments);
    const waiting = [...wanted].filter(([key, runs]) => {
      const known = labels.get(key);
      return !known || !isSame(known.runs, runs);
    });
    const tell = () =>
      setShown(
        [...wanted.keys()].flatMap((label_key) => {
          const surface = labels.get(label_key)?.surface;
          return surface ? [{ label_key, surface }] : [];
        }),
      );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = () => {
      const one = waiting.shift();
      if (!one) return tell();
      const [key, runs] = one;
      const size = (frames[0] as Frame).size;
      const patches = frames.map((_, index) => {
        const lying = runs.get(index);
        return lying ? keptPatch(lying, size) : null;
      });
      labels.set(key, { runs, surface: surfaceOf(frames, patches) });
      timer = setTimeout(next);
    };
    timer = setTimeout(next);
    return () => clearTimeout(timer);
  }, [frames, segments]);
  return shown;
}
