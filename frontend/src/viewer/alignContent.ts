/** Registers two stacks of different days along their normal by what their slices show. */
import { cache } from '@cornerstonejs/core';
import { type Shift, shiftBetween } from '../geometry/contentShift';
import { normalOf } from '../geometry/plane';
import { layersOf, SIDE, type SmallSlice, smallSlice, widthOf } from '../geometry/stackContent';
import type { Frame } from './frames';
import { isInMemory, prefetchFrames } from './imageIds';
import { inPieces } from './pieces';
import { modalityValues } from './pixels';

/** Slices that are looked at of each stack, spread evenly; more would tell little more. */
const MOST_SLICES = 64;

/** Work between which the window answers. */
const PIECE_MS = 6;

/**
 * Null where it is not sure, or once `isOver`. The offset is added to a position along the normal
 * of the first stack. Slices that are not in memory are fetched quietly.
 */
export async function alignByContent(
  one: readonly Frame[],
  other: readonly Frame[],
  isOver: () => boolean,
): Promise<Shift | null> {
  const [first, second] = [await smallStack(one, isOver), await smallStack(other, isOver)];
  const [slice, there] = [first[0], second[0]];
  if (isOver() || !slice || !there) return null;
  const { plane } = slice;
  const axes = { across: plane.rowDirection, down: plane.columnDirection, normal: normalOf(plane) };
  const cell_mm = Math.min(widthOf(slice), widthOf(there)) / SIDE;
  const [here, beside] = [layersOf(first, axes, cell_mm), layersOf(second, axes, cell_mm)];
  return inPieces(shiftBetween(here, beside), PIECE_MS, isOver);
}

async function smallStack(
  frames: readonly Frame[],
  isOver: () => boolean,
): Promise<readonly SmallSlice[]> {
  const count = Math.min(MOST_SLICES, frames.length);
  const made: SmallSlice[] = [];
  for (let number = 0; number < count && !isOver(); number += 1) {
    const at = count < 2 ? 0 : Math.round((number * (frames.length - 1)) / (count - 1));
    const frame = frames[at] as Frame;
    if (!isInMemory(frame)) await prefetchFrames([frame]);
    const image = cache.getImage(frame.imageId);
    if (image) made.push(smallSlice(frame, modalityValues(image), frame.valueUnit === 'HU'));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return made.length === count ? made : [];
}
