/** A segment with its border made smooth, within a slice or through a whole stack. */
import type { Runs } from './mask';
import {
  type Block,
  blockOf,
  lay,
  pixelsIn,
  type Solid,
  sizeOf,
  slicesAround,
  taken,
  widened,
} from './solid';

/**
 * The median of a binary volume: each voxel becomes what most are whose middles lie in a box of so
 * many mm around its own; as many of both are outside. Beyond images and stack there are none.
 * Answers the runs of every slice, and says on the way which share is done.
 */
export function* smooth(solid: Solid, width_mm: number): Generator<number, readonly Runs[]> {
  const painted = blockOf(solid);
  if (!painted) return solid.runs;
  const reach_mm = width_mm / 2;
  // Nothing changes farther off than the box reaches; and there it must be seen whole.
  const block = widened(painted, solid, 2 * reach_mm);
  const size = sizeOf(block);
  const made = [...solid.runs];
  const kept = new Map<number, Int32Array>();
  const total = new Int32Array(size.columns * size.rows);
  for (let slice = block.first; slice < block.end; slice += 1) {
    const [near, far] = slicesAround(solid, slice, reach_mm);
    const [from, to] = [Math.max(near, block.first), Math.min(far, block.end)];
    total.fill(0);
    for (let other = from; other < to; other += 1) {
      const surplus = kept.get(other) ?? surplusOn(solid, block, other, reach_mm);
      kept.set(other, surplus);
      for (let at = 0; at < total.length; at += 1)
        total[at] = (total[at] ?? 0) + (surplus[at] ?? 0);
    }
    for (const other of kept.keys()) if (other < from) kept.delete(other);
    made[slice] = taken(block, solid, slice, (at) => (total[at] ?? 0) > 0);
    yield (slice - block.first) / (block.end - block.first);
  }
  return made;
}

/** How many more pixels of a slice are inside than outside, in the box around each place. */
function surplusOn(solid: Solid, block: Block, slice: number, reach_mm: number): Int32Array {
  const { columns, rows } = sizeOf(block);
  const [across, down] = pixelsIn(reach_mm, solid.pitch);
  const field = new Int32Array(columns * rows);
  lay(field, block, solid, slice, { inside: 1, outside: -1 });
  for (let row = 0; row < rows; row += 1) sumAlong(field, row * columns, 1, columns, across);
  for (let column = 0; column < columns; column += 1) sumAlong(field, column, columns, rows, down);
  return field;
}

/** Each value of a line becomes the sum of those up to `reach` places beside it. */
function sumAlong(
  field: Int32Array,
  start: number,
  step: number,
  count: number,
  reach: number,
): void {
  if (reach === 0) return;
  const sums = new Int32Array(count + 1);
  for (let at = 0; at < count; at += 1)
    sums[at + 1] = (sums[at] ?? 0) + (field[start + at * step] ?? 0);
  for (let at = 0; at < count; at += 1) {
    const [low, high] = [Math.max(0, at - reach), Math.min(count, at + reach + 1)];
    field[start + at * step] = (sums[high] ?? 0) - (sums[low] ?? 0);
  }
}
