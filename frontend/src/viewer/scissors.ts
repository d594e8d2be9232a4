/** Scissors through the slices of a stack, along a plane through them, or as seen in 3D. */
import { emptyMask, maskFrom, runsOf } from '../geometry/mask';
import type { Vector } from '../geometry/plane';
import { cutPrism, type Prism } from '../geometry/prism';
import { isAlong, nearestSlice } from '../geometry/sweep';
import type { ImagePoint, PatientPoint } from '../geometry/units';
import type { Change, Ground, Hand, Stroke } from './segments';
import { allowedOn, gapOf } from './sheets';

/** What the outline is drawn on. */
export interface Surface {
  /** Where in the patient a point on screen lies. */
  readonly placeOf: (point: ImagePoint) => PatientPoint;
  readonly normal: Vector;
  /** Only what the surface passes through is cut; otherwise everything before and behind it. */
  readonly isFlat: boolean;
  /** Erasing takes away what lies outside of the outline, not what lies within. */
  readonly keepsInside?: boolean;
}

/** How long the cut goes on before the window answers again. */
const PIECE_MS = 10;

export function beginScissors(
  start: ImagePoint,
  ground: Ground,
  hand: Hand,
  { placeOf, normal, isFlat, keepsInside = false }: Surface,
): Stroke {
  const outline = [start];
  const needsValues = hand.range !== null && !hand.isErasing;
  const prismOf = (): Prism => ({
    outline: outline.map(placeOf),
    normal,
    isFlat,
    gap_mm: gapOf(ground),
  });
  return {
    masks: new Map(),
    isErasing: hand.isErasing,
    outline,
    move: (to) => outline.push(to),
    waiting: () =>
      needsValues ? slicesOf(ground, prismOf()).filter((index) => !ground.isHere(index)) : [],
    async finish() {
      if (outline.length < 3) return [];
      const prism = prismOf();
      const changes: Change[] = [];
      let until = performance.now() + PIECE_MS;
      for (const index of slicesOf(ground, prism)) {
        const change = cutSlice(ground, index, { ...prism, keepsInside }, hand);
        if (change) changes.push(change);
        if (performance.now() < until) continue;
        await new Promise((resolve) => setTimeout(resolve, 0));
        until = performance.now() + PIECE_MS;
      }
      return changes;
    },
  };
}

/** The slices a cut may change. */
function slicesOf({ slices }: Ground, { outline, normal, isFlat, gap_mm }: Prism): number[] {
  const [first, place] = [slices[0], outline[0]];
  if (!first || !place) return [];
  if (!isFlat || !isAlong(first.plane, normal)) return slices.map((_, index) => index);
  const nearest = nearestSlice(slices, place, gap_mm);
  return nearest < 0 ? [] : [nearest];
}

type Cut = Prism & Required<Pick<Surface, 'keepsInside'>>;

/** Null where nothing changes, and where the pixels that decide are not there. */
function cutSlice(ground: Ground, index: number, prism: Cut, hand: Hand): Change | null {
  const canvas = ground.canvas(index);
  const slice = ground.slices[index];
  if (!slice || (hand.isErasing && canvas.runs.length === 0)) return null;
  if (hand.range && !hand.isErasing && !ground.isHere(index)) return null;
  const mask = maskFrom(canvas.runs, canvas.size);
  if (hand.isErasing && prism.keepsInside) {
    const left = emptyMask(canvas.size);
    cutPrism(left, slice.plane, prism, 1, (at) => mask.data[at] === 1);
    return { index, runs: runsOf(left) };
  }
  // Of the one slice it lies along, a flat cut takes every pixel.
  const isFlat = prism.isFlat && !isAlong(slice.plane, prism.normal);
  const value = hand.isErasing ? 0 : 1;
  const isCut = cutPrism(mask, slice.plane, { ...prism, isFlat }, value, allowedOn(canvas, hand));
  return isCut ? { index, runs: runsOf(mask) } : null;
}
