/** What a paint tool makes of a moving hand: masks on one slice, or on all a ball passes. */
import { greyOf, strokeAlike } from '../geometry/alike';
import { cut, fill, stroke } from '../geometry/paint';
import { imageToPatient, normalOf } from '../geometry/plane';
import {
  nearestSlice,
  pixelUnder,
  slicesTouched,
  sweep,
  type Tip,
  type Way,
} from '../geometry/sweep';
import type { ImagePoint, PatientPoint } from '../geometry/units';
import { beginGrow } from './growing';
import { beginScissors } from './scissors';
import {
  brushOf,
  type Change,
  type Ground,
  type Hand,
  isBrush,
  type PaintTool,
  type Stroke,
} from './segments';
import { gapOf, sheetsOn, valuesOf } from './sheets';

export type { Change, Hand, Stroke };

/** Begins a stroke on slice `at`; an eraser always erases, the other tools when the hand says so. */
export function beginStroke(
  tool: PaintTool,
  start: ImagePoint,
  { at, ...ground }: Ground & { readonly at: number },
  settings: Hand,
): Stroke {
  const hand = { ...settings, isErasing: settings.isErasing || tool === 'eraser' };
  if (tool === 'grow') return beginGrow(start, { ...ground, at }, hand);
  const slice = ground.slices[at];
  if (slice && hand.isBall && ground.isStack && (tool === 'brush' || tool === 'eraser')) {
    const placeOf = (point: ImagePoint) => imageToPatient(slice.plane, point);
    return beginSweep(start, ground, hand, { placeOf, flat: null });
  }
  if (slice && tool === 'scissors' && hand.isBall && ground.isStack) {
    const placeOf = (point: ImagePoint) => imageToPatient(slice.plane, point);
    return beginScissors(start, ground, hand, {
      placeOf,
      normal: normalOf(slice.plane),
      isFlat: false,
    });
  }
  const sheets = sheetsOn(ground, hand);
  const sheet = sheets.open(at);
  const value = hand.isErasing ? 0 : 1;
  const outline = [start];
  const values = sheet && tool === 'edge' ? valuesOf(sheet.canvas) : null;
  const grey = sheet && values && greyOf(values, sheet.canvas.size);
  let last = start;
  const paint = (to: ImagePoint) => {
    if (!sheet) return;
    const { mask, canvas, allowed } = sheet;
    const brush = brushOf(hand.radius, canvas.spacing);
    if (grey) strokeAlike(mask, grey, [last, to], brush, value, allowed);
    else if (isBrush(tool)) stroke(mask, [last, to], brush, value, allowed);
    last = to;
  };
  paint(start);
  if (tool === 'fill' && sheet) {
    const [column, row] = [Math.floor(start[0]), Math.floor(start[1])];
    const { columns, rows } = sheet.mask.size;
    if (column >= 0 && row >= 0 && column < columns && row < rows)
      fill(sheet.mask, row * columns + column, value);
  }
  return {
    masks: sheets.masks,
    isErasing: hand.isErasing,
    outline: tool === 'scissors' ? outline : [],
    move(to) {
      if (tool === 'scissors') outline.push(to);
      paint(to);
    },
    waiting: () => [],
    finish() {
      if (tool === 'scissors' && outline.length > 2 && sheet)
        cut(sheet.mask, outline, value, sheet.allowed);
      return sheets.changes();
    },
  };
}

interface Through {
  /** Where in the patient a point on screen lies. */
  readonly placeOf: (point: ImagePoint) => PatientPoint;
  readonly flat: Tip['flat'];
}

/** Begins a stroke through the stack: a ball, or on a plane a disc one voxel thick. */
export function beginSweep(
  start: ImagePoint,
  ground: Ground,
  hand: Hand,
  { placeOf, flat }: Through,
): Stroke {
  const { slices } = ground;
  const sheets = sheetsOn(ground, hand);
  const value = hand.isErasing ? 0 : 1;
  const tip: Tip = { radius_mm: hand.radius, flat, gap_mm: gapOf(ground) };
  const ways: Way[] = [];
  const paint = (way: Way, isWanted: (index: number) => boolean) => {
    for (const index of slicesTouched(slices, way, tip)) {
      const [slice, sheet] = [slices[index], isWanted(index) ? sheets.open(index) : null];
      if (slice && sheet) sweep(sheet.mask, slice.plane, way, tip, value, sheet.allowed);
    }
    // A brush of less than a voxel still sets the voxel it stands on.
    for (const place of way) {
      const index = nearestSlice(slices, place, tip.gap_mm / 2);
      const slice = slices[index];
      const pixel = slice ? pixelUnder(slice, place) : -1;
      const sheet = pixel >= 0 && isWanted(index) ? sheets.open(index) : null;
      if (sheet?.allowed(pixel)) sheet.mask.data[pixel] = value;
    }
  };
  const go = (way: Way) => {
    ways.push(way);
    paint(way, () => true);
  };
  let last = placeOf(start);
  go([last, last]);
  return {
    masks: sheets.masks,
    isErasing: hand.isErasing,
    outline: [],
    move(to) {
      const place = placeOf(to);
      go([last, place]);
      last = place;
    },
    waiting: () => [...sheets.absent],
    finish() {
      const late = new Set(sheets.absent);
      if (late.size > 0) for (const way of ways) paint(way, (index) => late.has(index));
      return sheets.changes();
    },
  };
}
