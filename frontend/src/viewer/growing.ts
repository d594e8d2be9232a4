/** Region grow as a tool: a press says where, and the region is found piece by piece. */
import { grown, rangeAround } from '../geometry/grow';
import { type Mask, maskFrom, runsOf } from '../geometry/mask';
import type { ImagePoint } from '../geometry/units';
import { inPieces } from './pieces';
import { brushOf, type Change, type Ground, type Hand, type Stroke } from './segments';

/** How long one piece lasts; the window answers in between. */
const PIECE_MS = 10;

/** Begins on slice `at`; a ball's hand lets it go from slice to slice. */
export function beginGrow(
  start: ImagePoint,
  { at, ...ground }: Ground & { readonly at: number },
  hand: Hand,
): Stroke {
  const isThrough = hand.isBall && ground.isStack;
  const nothing: ReadonlyMap<number, Mask> = new Map();
  return {
    masks: nothing,
    isErasing: hand.isErasing,
    outline: [],
    move: () => undefined,
    waiting: () =>
      isThrough ? ground.slices.flatMap((_, index) => (ground.isHere(index) ? [] : [index])) : [],
    finish: () => grow(start, at, ground, hand, isThrough),
  };
}

async function grow(
  start: ImagePoint,
  at: number,
  ground: Ground,
  hand: Hand,
  isThrough: boolean,
): Promise<Change[]> {
  const { size, spacing } = ground.canvas(at);
  const known = new Map<number, ArrayLike<number> | null>();
  const valuesAt = (slice: number) => {
    const before = known.get(slice);
    if (before !== undefined) return before;
    const canvas = ground.canvas(slice);
    const isAlike = canvas.size.columns === size.columns && canvas.size.rows === size.rows;
    const { values } = canvas;
    const usable = !isAlike || values === 'absent' ? null : values;
    known.set(slice, usable);
    return usable;
  };
  const here = valuesAt(at);
  const [column, row] = [Math.floor(start[0]), Math.floor(start[1])];
  const isOn = column >= 0 && row >= 0 && column < size.columns && row < size.rows;
  if (!here || !isOn) return [];
  const range = hand.range ?? rangeAround(here, size, start, brushOf(hand.radius, spacing));
  if (!range) return [];
  const seed = { slice: at, at: row * size.columns + column };
  const steps = grown({ ...size, count: ground.slices.length }, valuesAt, seed, range, isThrough);
  const found = await inPieces(steps, PIECE_MS);
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
