/** The slices under a hand that paints: what lies on them, and which pixels may change. */
import { gridOf } from '../geometry/cutThrough';
import type { ValuesAt } from '../geometry/grow';
import { type Mask, maskFrom, runsOf } from '../geometry/mask';
import type { Allowed } from '../geometry/paint';
import type { ImageSize } from '../geometry/units';
import type { Canvas, Change, Ground, Hand, Stroke } from './segments';

export interface Sheet {
  readonly mask: Mask;
  readonly canvas: Canvas;
  readonly allowed: Allowed;
}

export function allowedOn(canvas: Canvas, { range, protectsOthers, isErasing }: Hand): Allowed {
  if (isErasing) return () => true;
  const values = range ? valuesOf(canvas) : null;
  const taken = protectsOthers ? canvas.others.map((runs) => maskFrom(runs, canvas.size).data) : [];
  return (at) => {
    if (taken.some((data) => data[at] === 1)) return false;
    const value = values?.[at];
    return !range || value === undefined || (value >= range[0] && value <= range[1]);
  };
}

/** The values that are there to look at. */
export function valuesOf(canvas: Canvas): ArrayLike<number> | null {
  const { values } = canvas;
  return values === 'absent' ? null : values;
}

/** The values of each slice, looked up once; null until they are in memory, and for another size. */
export function valuesThrough(ground: Ground, { columns, rows }: ImageSize): ValuesAt {
  const known = new Map<number, ArrayLike<number> | null>();
  return (slice) => {
    const before = known.get(slice);
    if (before !== undefined) return before;
    const canvas = ground.canvas(slice);
    const isAlike = canvas.size.columns === columns && canvas.size.rows === rows;
    const values = isAlike ? valuesOf(canvas) : null;
    known.set(slice, values);
    return values;
  };
}

/** The slices under the hand, each opened when the hand first gets there. */
export function sheetsOn(ground: Ground, hand: Hand) {
  const masks = new Map<number, Mask>();
  const sheets = new Map<number, Sheet>();
  const absent = new Set<number>();
  const open = (index: number): Sheet | null => {
    const known = sheets.get(index);
    if (known) return known;
    const canvas = ground.canvas(index);
    if (hand.range && !hand.isErasing && !ground.isHere(index)) {
      absent.add(index);
      return null;
    }
    absent.delete(index);
    const sheet = {
      mask: maskFrom(canvas.runs, canvas.size),
      canvas,
      allowed: allowedOn(canvas, hand),
    };
    sheets.set(index, sheet);
    masks.set(index, sheet.mask);
    return sheet;
  };
  const changes = () => [...masks].map(([index, mask]): Change => ({ index, runs: runsOf(mask) }));
  /** A stroke that is done with each move, and waits for nothing. */
  const stroke = (): Omit<Stroke, 'move'> => ({
    masks,
    isErasing: hand.isErasing,
    outline: [],
    waiting: () => [],
    finish: changes,
  });
  return { masks, absent, open, changes, stroke };
}

/** Millimetres from one slice to the next; of a single slice, what its pixels measure. */
export function gapOf({ slices }: Ground): number {
  const grid = gridOf(slices);
  return grid ? Math.abs(grid.step_mm) : (slices[0]?.plane.spacing.column ?? 1);
}
