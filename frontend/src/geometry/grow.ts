/** Region grow: everything joined to a seed whose values are like those around it. */
import { alikeIn, greyOf } from './alike';
import type { Brush } from './paint';
import type { ImagePoint, ImageSize } from './units';

/** Deviations from the mean of the seed's surroundings that still belong to the region. */
const DEVIATIONS = 2.5;

/** Voxels looked at between two breaths. */
const BREATH = 20_000;

/** Voxels after which a region is given up growing: more than any organ has. */
const MOST = 8_000_000;

export type Range = readonly [low: number, high: number];

/** The values of a slice, row by row; null where there are none. */
export type ValuesAt = (slice: number) => ArrayLike<number> | null;

/**
 * The range of what lies under the pointer: mean and 2.5 deviations of the pixels within the disc
 * that are joined to it and like it; at least one unit to each side. Null outside the image.
 */
export function rangeAround(
  values: ArrayLike<number>,
  size: ImageSize,
  centre: ImagePoint,
  disc: Brush,
): Range | null {
  const pixels = alikeIn(greyOf(values, size), centre, disc);
  if (pixels.length === 0) return null;
  const of = pixels.map((at) => values[at] ?? 0);
  const mean = of.reduce((sum, value) => sum + value, 0) / of.length;
  const spread = Math.sqrt(of.reduce((sum, value) => sum + (value - mean) ** 2, 0) / of.length);
  const reach = Math.max(1, DEVIATIONS * spread);
  return [mean - reach, mean + reach];
}

/**
 * Grows from a seed over pixels of the range that share an edge, and from slice to slice where
 * `isThrough`; pauses after every so many voxels, and answers what it found by slice, 1 inside.
 * Holes of single pixels, which noise leaves, are closed. A region of more than 8 million voxels
 * has run out of what was meant, and stops there.
 */
export function* grown(
  { columns, rows, count }: ImageSize & { readonly count: number },
  valuesAt: ValuesAt,
  seed: { readonly slice: number; readonly at: number },
  [low, high]: Range,
  isThrough: boolean,
): Generator<void, Map<number, Uint8Array>> {
  const found = new Map<number, Uint8Array>();
  const waiting: number[] = [];
  const pixels = columns * rows;
  const look = (slice: number, at: number) => {
    const value = valuesAt(slice)?.[at];
    if (value === undefined || value < low || value > high) return;
    const mask = found.get(slice) ?? new Uint8Array(pixels);
    if (mask[at]) return;
    found.set(slice, mask);
    mask[at] = 1;
    waiting.push(slice * pixels + at);
  };
  look(seed.slice, seed.at);
  let looked = 0;
  for (let next = waiting.pop(); next !== undefined && looked < MOST; next = waiting.pop()) {
    const [slice, at] = [Math.floor(next / pixels), next % pixels];
    const column = at % columns;
    if (column > 0) look(slice, at - 1);
    if (column < columns - 1) look(slice, at + 1);
    if (at >= columns) look(slice, at - columns);
    if (at < pixels - columns) look(slice, at + columns);
    if (isThrough && slice > 0) look(slice - 1, at);
    if (isThrough && slice < count - 1) look(slice + 1, at);
    looked += 1;
    if (looked % BREATH === 0) yield;
  }
  for (const mask of found.values()) {
    closePinholes(mask, columns);
    yield;
  }
  return found;
}

/** Pixels with region on all four sides become region. */
function closePinholes(mask: Uint8Array, columns: number): void {
  for (let at = columns; at < mask.length - columns; at += 1)
    if (!mask[at] && mask[at - 1] && mask[at + 1] && mask[at - columns] && mask[at + columns])
      mask[at] = 1;
}
