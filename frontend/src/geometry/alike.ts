/** The part of a brush's disc that looks like what is under the pointer, up to the next edge. */
import type { Mask } from './mask';
import type { Allowed, Brush } from './paint';
import { type ImagePoint, type ImageSize, imagePoint } from './units';

/** Grey values of one image with the noise taken out, worked out where they are asked for. */
export interface Grey {
  readonly size: ImageSize;
  /** Row by row, one number per pixel. */
  readonly values: ArrayLike<number>;
  /** The median of the pixel and its eight neighbours: steps stay steps, single outliers go. */
  readonly median: (at: number) => number;
  /** A difference that nobody sees on the image as a whole. */
  readonly unseen: number;
}

/** Share of what the image spans that nobody sees, and how many pixels tell what it spans. */
const UNSEEN_SHARE = 0.005;
const LOOKED_AT = 50_000;

function unseenIn(values: ArrayLike<number>): number {
  const stride = Math.max(1, Math.floor(values.length / LOOKED_AT));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < values.length; at += stride) {
    low = Math.min(low, values[at] ?? low);
    high = Math.max(high, values[at] ?? high);
  }
  return Math.max(0, UNSEEN_SHARE * (high - low));
}

export function greyOf(values: ArrayLike<number>, size: ImageSize): Grey {
  const known = new Float32Array(size.columns * size.rows).fill(Number.NaN);
  const around = new Float32Array(9);
  const median = (at: number): number => {
    const before = known[at];
    if (before !== undefined && !Number.isNaN(before)) return before;
    const [column, row] = [at % size.columns, Math.floor(at / size.columns)];
    let count = 0;
    for (let y = Math.max(0, row - 1); y <= Math.min(size.rows - 1, row + 1); y += 1)
      for (let x = Math.max(0, column - 1); x <= Math.min(size.columns - 1, column + 1); x += 1) {
        around[count] = values[y * size.columns + x] ?? 0;
        count += 1;
      }
    const sorted = around.subarray(0, count).sort();
    known[at] = sorted[Math.floor(count / 2)] ?? 0;
    return known[at] ?? 0;
  };
  return { size, values, median, unseen: unseenIn(values) };
}

/** Median of 3×3 normal samples has this share of their deviation; two of them differ by √2 more. */
const MEDIAN_SHARE = 0.42 * Math.SQRT2;

/** Deviations that still count as noise. */
const DEVIATIONS = 3;

/** Where there is no noise, this share of what the disc spans is still alike. */
const LEAST_SHARE = 0.05;

/** Pixels whose centres lie in the disc, in row-major order. */
function discAt({ columns, rows }: ImageSize, [x, y]: ImagePoint, brush: Brush): number[] {
  const [rx, ry] = [Math.max(brush.radiusColumns, 0.5), Math.max(brush.radiusRows, 0.5)];
  const found: number[] = [];
  for (let row = Math.max(0, Math.floor(y - ry)); row <= Math.min(rows - 1, y + ry); row += 1)
    for (
      let column = Math.max(0, Math.floor(x - rx));
      column <= Math.min(columns - 1, x + rx);
      column += 1
    )
      if (((column + 0.5 - x) / rx) ** 2 + ((row + 0.5 - y) / ry) ** 2 <= 1)
        found.push(row * columns + column);
  return found;
}

/** Differences of neighbours know the noise but not the edges, of which there are few. */
function noiseIn({ values, size }: Grey, disc: readonly number[]): number {
  const steps = disc
    .filter((at) => at % size.columns < size.columns - 1)
    .map((at) => Math.abs((values[at + 1] ?? 0) - (values[at] ?? 0)))
    .sort((one, other) => one - other);
  return (1.4826 * (steps[Math.floor(steps.length / 2)] ?? 0)) / Math.SQRT2;
}

/**
 * The pixels of the disc joined to the one under the pointer by pixels like it: no farther from
 * its level than the noise around reaches. Empty outside the image.
 */
export function alikeIn(grey: Grey, centre: ImagePoint, brush: Brush): number[] {
  const { size } = grey;
  const [column, row] = [Math.floor(centre[0]), Math.floor(centre[1])];
  if (column < 0 || row < 0 || column >= size.columns || row >= size.rows) return [];
  const seed = row * size.columns + column;
  const disc = discAt(size, centre, brush);
  const levels = disc.map(grey.median);
  const span = disc.length > 0 ? Math.max(...levels) - Math.min(...levels) : 0;
  const noise = DEVIATIONS * MEDIAN_SHARE * noiseIn(grey, disc);
  const tolerance = Math.max(noise, LEAST_SHARE * span, grey.unseen);
  const level = grey.median(seed);
  const isIn = new Set(disc);
  return joined(size, seed, (at) => isIn.has(at) && Math.abs(grey.median(at) - level) <= tolerance);
}

/** The seed and all that is joined to it through edges. */
function joined({ columns, rows }: ImageSize, seed: number, belongs: Allowed): number[] {
  const found = new Set([seed]);
  for (const at of found) {
    const column = at % columns;
    if (column > 0 && belongs(at - 1)) found.add(at - 1);
    if (column < columns - 1 && belongs(at + 1)) found.add(at + 1);
    if (at >= columns && belongs(at - columns)) found.add(at - columns);
    if (at < columns * (rows - 1) && belongs(at + columns)) found.add(at + columns);
  }
  return [...found];
}

/** Sets what is alike at every place the brush stops at on its way. */
export function strokeAlike(
  mask: Mask,
  grey: Grey,
  [from, to]: readonly [ImagePoint, ImagePoint],
  brush: Brush,
  value: 0 | 1,
  allowed: Allowed,
): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const step = Math.max(1, Math.min(brush.radiusColumns, brush.radiusRows) / 3);
  const stops = Math.max(1, Math.ceil(Math.hypot(dx, dy) / step));
  for (let stop = 1; stop <= stops; stop += 1) {
    const at = imagePoint(from[0] + (dx * stop) / stops, from[1] + (dy * stop) / stops);
    for (const pixel of alikeIn(grey, at, brush)) if (allowed(pixel)) mask.data[pixel] = value;
  }
}
