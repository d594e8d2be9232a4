/** What the pixels inside a closed mark are: mean, spread, extremes, in modality units. */
import type { ImagePoint, ImageSize } from '../geometry/units';

export interface Statistics {
  /** Pixels whose centre lies inside. */
  readonly count: number;
  readonly mean: number;
  /** Of the pixels themselves (divided by their number), as scanners report it. */
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

/** Where a horizontal line cuts a ring, in order. */
function crossings(ring: readonly ImagePoint[], y: number): number[] {
  const found: number[] = [];
  for (let index = 0; index < ring.length; index += 1) {
    const a = ring[index] as ImagePoint;
    const b = ring[(index + 1) % ring.length] as ImagePoint;
    if (a[1] > y === b[1] > y) continue;
    found.push(a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
  }
  return found.sort((one, other) => one - other);
}

/** Calls back with each run of pixels of a row whose centres lie inside (even-odd rule). */
export function eachRun(
  ring: readonly ImagePoint[],
  size: ImageSize,
  visit: (row: number, from: number, until: number) => void,
): void {
  const heights = ring.map((point) => point[1]);
  const first = Math.max(0, Math.ceil(Math.min(...heights) - 0.5));
  const last = Math.min(size.rows - 1, Math.floor(Math.max(...heights) - 0.5));
  for (let row = first; row <= last; row += 1) {
    const cuts = crossings(ring, row + 0.5);
    for (let index = 0; index + 1 < cuts.length; index += 2) {
      const from = Math.max(0, Math.ceil((cuts[index] as number) - 0.5));
      const until = Math.min(size.columns, Math.ceil((cuts[index + 1] as number) - 0.5));
      if (until > from) visit(row, from, until);
    }
  }
}

/**
 * Statistics of the stored values inside a ring, scaled by `slope` and `intercept`; null where no
 * pixel centre lies inside. `values` is row by row, one number per pixel.
 */
export function statisticsIn(
  ring: readonly ImagePoint[],
  image: ImageSize & {
    readonly values: ArrayLike<number>;
    readonly slope: number;
    readonly intercept: number;
  },
): Statistics | null {
  const { values, columns, slope, intercept } = image;
  let [count, mean, squares] = [0, 0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  eachRun(ring, image, (row, from, until) => {
    for (let at = row * columns + from; at < row * columns + until; at += 1) {
      const value = (values[at] as number) * slope + intercept;
      count += 1;
      // One pass without loss of digits (Welford 1962).
      const away = value - mean;
      mean += away / count;
      squares += away * (value - mean);
      if (value < low) low = value;
      if (value > high) high = value;
    }
  });
  if (count === 0) return null;
  return { count, mean, deviation: Math.sqrt(squares / count), min: low, max: high };
}
