/** What makes edges of an image, over squares of one or more pixels, in a window of it. */
import type { ImagePoint, ImageSize } from './units';

/** Grey values of one image, asked for pixel by pixel; the scale does not matter. */
export interface GreyImage {
  readonly size: ImageSize;
  readonly at: (column: number, row: number) => number;
}

/** Of values that are there row by row. */
export const greyImage = (size: ImageSize, values: ArrayLike<number>): GreyImage => ({
  size,
  at: (column, row) => values[row * size.columns + column] ?? 0,
});

export interface WireOptions {
  /** Pixels along the side of the squares the path steps over: 1, or more where zoomed out. */
  readonly cell: number;
  /** Squares the path may reach from its anchor in each direction; bounds the work. */
  readonly reach: number;
}

/** A window of the image, one number per square. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

export function windowAround({ size }: GreyImage, centre: ImagePoint, o: WireOptions): Window {
  const last = (count: number) => Math.max(0, Math.ceil(count / o.cell) - 1);
  const within = (value: number, count: number) => Math.min(last(count), Math.max(0, value));
  const [x, y] = [Math.floor(centre[0] / o.cell), Math.floor(centre[1] / o.cell)];
  const left = within(x - o.reach, size.columns);
  const top = within(y - o.reach, size.rows);
  const columns = within(x + o.reach, size.columns) - left + 1;
  return { left, top, columns, rows: within(y + o.reach, size.rows) - top + 1 };
}

/** The grey of each square, smoothed over its neighbours (1 2 1 both ways). */
export function smoothed({ size, at: greyAt }: GreyImage, w: Window, cell: number): Float32Array {
  const grey = new Float32Array(w.columns * w.rows);
  const step = Math.max(1, Math.floor(cell / 2));
  for (let row = 0; row < w.rows; row += 1)
    for (let column = 0; column < w.columns; column += 1) {
      let [sum, count] = [0, 0];
      const [x0, y0] = [(w.left + column) * cell, (w.top + row) * cell];
      for (let y = y0; y < Math.min(y0 + cell, size.rows); y += step)
        for (let x = x0; x < Math.min(x0 + cell, size.columns); x += step) {
          sum += greyAt(x, y);
          count += 1;
        }
      grey[row * w.columns + column] = sum / Math.max(1, count);
    }
  const blurred = new Float32Array(grey.length);
  const blur = (from: Float32Array, to: Float32Array, dx: number, dy: number) => {
    for (let row = 0; row < w.rows; row += 1)
      for (let column = 0; column < w.columns; column += 1) {
        const at = row * w.columns + column;
        const before = (row - dy < 0 ? row : row - dy) * w.columns + Math.max(0, column - dx);
        const after =
          Math.min(w.rows - 1, row + dy) * w.columns + Math.min(w.columns - 1, column + dx);
        to[at] = ((from[before] ?? 0) + 2 * (from[at] ?? 0) + (from[after] ?? 0)) / 4;
      }
  };
  blur(grey, blurred, 1, 0);
  blur(blurred, grey, 0, 1);
  return grey;
}

export interface Features {
  /** 1 where no edge is, 0 on the strongest. */
  readonly strength: Float32Array;
  /** Unit vector along the edge; nothing where there is none. */
  readonly alongX: Float32Array;
  readonly alongY: Float32Array;
  /** 0 where the Laplacian crosses zero, else 1. */
  readonly crossing: Uint8Array;
  readonly laplacian: Float32Array;
}

export function featuresOf(grey: Float32Array, { columns, rows }: Window): Features {
  const count = columns * rows;
  const strength = new Float32Array(count);
  const alongX = new Float32Array(count);
  const alongY = new Float32Array(count);
  const laplacian = new Float32Array(count);
  let strongest = 0;
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      const left = grey[column > 0 ? at - 1 : at] ?? 0;
      const right = grey[column < columns - 1 ? at + 1 : at] ?? 0;
      const above = grey[row > 0 ? at - columns : at] ?? 0;
      const below = grey[row < rows - 1 ? at + columns : at] ?? 0;
      const [gx, gy] = [(right - left) / 2, (below - above) / 2];
      const length = Math.hypot(gx, gy);
      strength[at] = length;
      if (length > strongest) strongest = length;
      if (length > 0) {
        alongX[at] = gy / length;
        alongY[at] = -gx / length;
      }
      laplacian[at] = left + right + above + below - 4 * (grey[at] ?? 0);
    }
  const crossing = new Uint8Array(count).fill(1);
  for (let at = 0; at < count; at += 1) {
    const own = laplacian[at] ?? 0;
    const isCrossing = (other: number) => {
      const value = laplacian[other] ?? 0;
      return own * value < 0 && Math.abs(own) <= Math.abs(value);
    };
    const column = at % columns;
    const isOnEdge =
      (column > 0 && isCrossing(at - 1)) ||
      (column < columns - 1 && isCrossing(at + 1)) ||
      (at >= columns && isCrossing(at - columns)) ||
      (at < count - columns && isCrossing(at + columns));
    if (isOnEdge) crossing[at] = 0;
    strength[at] = strongest > 0 ? 1 - (strength[at] ?? 0) / strongest : 1;
  }
  return { strength, alongX, alongY, crossing, laplacian };
}
