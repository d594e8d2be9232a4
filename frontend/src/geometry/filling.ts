/** Slices between painted ones, filled in. */
import { between, type Offset } from './distance';
import { maskFrom, type Runs, runsOf } from './mask';
import type { Solid } from './solid';

/**
 * Empty slices between painted ones: the shape turns evenly from one into the next, as it lies in
 * the patient. Answers the runs of every slice, and says on the way which share is done.
 */
export function* filledBetween({
  size,
  pitch,
  shifts,
  runs,
}: Solid): Generator<number, readonly Runs[]> {
  const made = [...runs];
  const painted = runs.flatMap((one, slice) => (one.length > 0 ? [slice] : []));
  const offset = (from: number, to: number): Offset => {
    const [[x, y], [u, v]] = [shifts[from] ?? [0, 0], shifts[to] ?? [0, 0]];
    return [x - u, y - v];
  };
  for (const [at, end] of painted.entries()) {
    const start = painted[at - 1] ?? end;
    const steps = Array.from({ length: Math.max(0, end - start - 1) }, (_, step) => {
      const here = start + 1 + step;
      const [onOne, onOther] = [offset(here, start), offset(here, end)];
      return { share: (step + 1) / (end - start), onOne, onOther };
    });
    if (steps.length === 0) continue;
    const [one, other] = [maskFrom(runs[start] ?? [], size), maskFrom(runs[end] ?? [], size)];
    between(one, other, steps, pitch).forEach((mask, step) => {
      made[start + 1 + step] = runsOf(mask);
    });
    yield at / painted.length;
  }
  return made;
}
