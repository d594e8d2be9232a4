/** Region grow as a tool: a press says where, and the region is found piece by piece. */
import { gridOf } from '../geometry/cutThrough';
import { grown, type Range, type Reach, rangeAround, type ValuesAt } from '../geometry/grow';
import { type Mask, maskFrom, runsOf } from '../geometry/mask';
import { type ImagePlane, normalOf } from '../geometry/plane';
import { sheetAt, type Voxel, voxelAt } from '../geometry/planeFill';
import { isAlong, placesOn } from '../geometry/sweep';
import type { ImagePoint } from '../geometry/units';
import { inPieces } from './pieces';
import { sampleOn } from './planeTools';
import { brushOf, type Change, type Ground, type Hand, type Stroke } from './segments';
import { valuesThrough } from './sheets';
import { tiltOf } from './volumeShape';

/** How long one piece lasts; the window answers in between. */
const PIECE_MS = 10;

/** Where a region begins, which values belong to it, and where it may go. */
interface Growth {
  readonly seed: Voxel;
  readonly reach: Reach;
  readonly rangeIn: (valuesAt: ValuesAt) => Range | null;
}

/** Begins on slice `at`; a ball's hand lets it go from slice to slice. */
export function beginGrow(
  start: ImagePoint,
  { at, ...ground }: Ground & { readonly at: number },
  hand: Hand,
): Stroke {
  const { size, spacing } = ground.canvas(at);
  const [column, row] = [Math.floor(start[0]), Math.floor(start[1])];
  if (column < 0 || row < 0 || column >= size.columns || row >= size.rows)
    return strokeFor(ground, hand, null);
  return strokeFor(ground, hand, {
    seed: { slice: at, at: row * size.columns + column },
    reach: hand.isBall && ground.isStack ? 'stack' : 'slice',
    rangeIn: (valuesAt) => {
      const values = valuesAt(at);
      return values && rangeAround(values, size, start, brushOf(hand.radius, spacing));
    },
  });
}

/**
 * Begins at the voxel that a plane shows under the pointer; without a ball the region stays with
 * the voxels that the plane passes through. `plane` has pixels of 1 mm.
 */
export function beginPlaneGrow(
  start: ImagePoint,
  ground: Ground,
  hand: Hand,
  plane: ImagePlane,
): Stroke {
  const grid = gridOf(ground.slices);
  const normal = normalOf(plane);
  const place = placesOn(plane)(start);
  const seed = grid && voxelAt(grid, place);
  if (!grid || !seed) return strokeFor(ground, hand, null);
  const isFlat = !hand.isBall && isAlong(grid.plane, normal);
  return strokeFor(ground, hand, {
    seed,
    reach: hand.isBall ? 'stack' : isFlat ? 'slice' : sheetAt(grid, place, normal),
    rangeIn: (valuesAt) => {
      const around = sampleOn(plane, start, hand.radius, { grid, valuesAt });
      return around && rangeAround(around.values, around.size, around.middle, around.brush);
    },
  });
}

/** Nothing is painted before the hand is lifted. */
function strokeFor(ground: Ground, hand: Hand, growth: Growth | null): Stroke {
  const nothing: ReadonlyMap<number, Mask> = new Map();
  const isAbsent = (slice: number) =>
    !ground.isHere(slice) && (growth?.reach !== 'slice' || growth.seed.slice === slice);
  return {
    masks: nothing,
    isErasing: hand.isErasing,
    outline: [],
    move: () => undefined,
    waiting: () => (growth ? [...ground.slices.keys()].filter(isAbsent) : []),
    finish: async () => (growth ? grow(ground, hand, growth) : []),
  };
}

async function grow(
  ground: Ground,
  hand: Hand,
  { seed, reach, rangeIn }: Growth,
): Promise<Change[]> {
  const { size } = ground.canvas(seed.slice);
  const valuesAt = valuesThrough(ground, size);
  const range = valuesAt(seed.slice) && (hand.range ?? rangeIn(valuesAt));
  if (!range) return [];
  const stack = { ...size, count: ground.slices.length, shifts: tiltOf(ground.slices) };
  const found = await inPieces(grown(stack, valuesAt, seed, range, reach), PIECE_MS);
  return [...(found ?? [])].map(([index, region]) => ({
    index,
    runs: merged(ground, index, region, hand),
  }));
}

/** The segment on a slice with the region added, or taken out. */
function merged(ground: Ground, index: number, region: Uint8Array, hand: Hand) {
  const { runs, size, others } = ground.canvas(index);
  const mask = maskFrom(runs, size);
  const taken = hand.protectsOthers && !hand.isErasing ? others : [];
  const kept = taken.map((one) => maskFrom(one, size).data);
  region.forEach((inside, pixel) => {
    if (inside && !kept.some((data) => data[pixel] === 1))
      mask.data[pixel] = hand.isErasing ? 0 : 1;
  });
  return runsOf(mask);
}
