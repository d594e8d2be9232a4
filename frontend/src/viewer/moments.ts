/** Series over time as the stacks that are looked at: one time, or all times of one slice. */
import type { Frame, Series } from './frames';

/** Which time of a series, and which slice of it; both count from 0. */
export interface Moment {
  readonly phase: number;
  readonly slice: number;
}

/** One time of a series, where it has several: without being asked, the first. */
export const firstTimeOf = (series: Series): Series => series.phases?.[0]?.stack ?? series;

/** Where in a series a frame lies; `slice` is -1 where it has none like it. */
export function momentWith(
  { frames, phases }: Series,
  isWanted: (frame: Frame) => boolean,
): Moment {
  const at = frames.findIndex(isWanted);
  const count = phases?.[0]?.stack.frames.length ?? frames.length;
  return at < 0 ? { phase: 0, slice: at } : { phase: Math.floor(at / count), slice: at % count };
}

const made = new WeakMap<Series, Map<number, Series>>();

/** All times of one slice as a stack; asked again about the same series it answers the same stack. */
export function throughTime(series: Series, slice: number): Series {
  const known = made.get(series) ?? new Map<number, Series>();
  made.set(series, known);
  const frames = (series.phases ?? []).flatMap(({ stack }) => stack.frames[slice] ?? []);
  const { phases: _, ...one } = series;
  const stack = known.get(slice) ?? { ...one, frames };
  known.set(slice, stack);
  return stack;
}
