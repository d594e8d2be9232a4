/** Sums over the progress of a project. */
import type { Progress } from '../../api/tasks';
import { formatDuration } from '../../ui/format';

/** How many cases stand in any of these states. */
export function countOf(progress: Progress, ...states: string[]): number {
  return states.reduce((sum, state) => sum + (progress.counts[state] ?? 0), 0);
}

export function taskTotal(progress: Progress): number {
  return Object.values(progress.counts).reduce((sum, count) => sum + count, 0);
}

/** The median of the readers' median active time, each reader weighing as many reads as made. */
export function costPerRead(progress: Progress): string {
  const readers = progress.readers
    .filter((reader) => reader.active_ms_median !== null && reader.submitted_count > 0)
    .sort((one, other) => (one.active_ms_median ?? 0) - (other.active_ms_median ?? 0));
  const half = readers.reduce((sum, reader) => sum + reader.submitted_count, 0) / 2;
  let seen = 0;
  for (const reader of readers) {
    seen += reader.submitted_count;
    if (seen >= half) return formatDuration(reader.active_ms_median);
  }
  return '–';
}
