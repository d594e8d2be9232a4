/** A segment grown or shrunk by millimetres, within a slice or through a whole stack. */
import { FAR, spreadAlong, spreadWithin, throughField } from './distance';
import type { Runs } from './mask';
import {
  type Block,
  blockOf,
  lay,
  ROUNDING,
  type Solid,
  type Stack,
  sizeOf,
  slicesAround,
  taken,
  widened,
} from './solid';

/** Voxels that are worked on at once where there is a choice, and at most. */
const USUAL_VOXELS = 32e6;
const MOST_VOXELS = 160e6;

/** More than this browser should be asked for. */
export class TooLarge extends Error {}

/** Slices that are made together, and all those that lie near enough to matter. */
interface Slab {
  readonly first: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** Raises: TooLarge. */
function slabsOf(block: Block, stack: Stack, reach_mm: number, usual: number): Slab[] {
  const { columns, rows } = sizeOf(block);
  const around = (first: number, end: number): Slab => ({
    first,
    end,
    from: Math.max(block.first, slicesAround(stack, first, reach_mm)[0]),
    to: Math.min(block.end, slicesAround(stack, end - 1, reach_mm)[1]),
  });
  const weight = ({ from, to }: Slab) => (to - from) * columns * rows;
  const slabs: Slab[] = [];
  for (let first = block.first; first < block.end; ) {
    let slab = around(first, first + 1);
    if (weight(slab) > MOST_VOXELS) throw new TooLarge();
    while (slab.end < block.end) {
      const more = around(first, slab.end + 1);
      if (weight(more) > usual) break;
      slab = more;
    }
    slabs.push(slab);
    first = slab.end;
  }
  return slabs;
}

/**
 * Grown by so many mm, or shrunk by as many when negative: a voxel is inside where the middle of
 * one of the segment is no farther than that, and outside where the middle of one that is not. Of
 * what lies beyond images and stack nothing is known; nothing is taken away there. Answers the runs
 * of every slice, and says on the way which share is done. Raises: TooLarge.
 */
export function* margin(
  solid: Solid,
  by_mm: number,
  usual = USUAL_VOXELS,
): Generator<number, readonly Runs[]> {
  const painted = blockOf(solid);
  if (!painted) return solid.runs;
  const reach_mm = Math.abs(by_mm);
  const block = widened(painted, solid, reach_mm);
  const made = [...solid.runs];
  const slabs = slabsOf(block, solid, reach_mm, usual);
  for (const [index, slab] of slabs.entries())
    for (const share of marginOf(slab, { solid, block, by_mm, made }))
      yield (index + share) / slabs.length;
  return made;
}

interface Work {
  readonly solid: Solid;
  readonly block: Block;
  readonly by_mm: number;
  readonly made: Runs[];
}

/** Distances first within each slice of a slab, then through them. */
function* marginOf({ first, end, from, to }: Slab, work: Work): Generator<number> {
  const { solid, block, by_mm, made } = work;
  const size = sizeOf(block);
  const area = size.columns * size.rows;
  const most = by_mm * by_mm * ROUNDING;
  const isGrowing = by_mm > 0;
  const field = new Float32Array(area * (to - from)).fill(FAR);
  const layer = (slice: number) => field.subarray((slice - from) * area, (slice - from + 1) * area);
  const values = isGrowing ? { inside: 0, outside: FAR } : { inside: FAR, outside: 0 };
  for (let slice = from; slice < to; slice += 1) {
    lay(layer(slice), block, solid, slice, values);
    spreadWithin(layer(slice), size, solid.pitch, most);
    yield ((slice - from) / (to - from)) * 0.5;
  }
  const heights = solid.heights_mm.slice(from, to);
  const places = heights.map((height) => Math.abs(height - (heights[0] ?? 0)));
  const through = throughField(places.length, spreadAlong(places));
  for (let row = 0; row < size.rows && to - from > 1; row += 1) {
    for (let column = 0; column < size.columns; column += 1)
      through(field, row * size.columns + column, area, most);
    yield 0.5 + (row / size.rows) * 0.4;
  }
  const before = new Uint8Array(area);
  for (let slice = first; slice < end; slice += 1) {
    const near = layer(slice);
    const isNear = (at: number) => (near[at] ?? FAR) <= most;
    if (!isGrowing) lay(before.fill(0), block, solid, slice, { inside: 1, outside: 0 });
    made[slice] = taken(block, solid, slice, (at) =>
      isGrowing ? isNear(at) : before[at] === 1 && !isNear(at),
    );
    yield 0.9 + ((slice - first) / (end - first)) * 0.1;
  }
}
