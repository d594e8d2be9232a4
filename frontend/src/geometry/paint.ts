/** Strokes, fills and cuts on a mask; each changes it in place and says nothing else. */
import type { Mask } from './mask';
import type { ImagePoint } from './units';

/** A round brush; in pixels along rows and columns, since pixels need not be square. */
export interface Brush {
  readonly radiusColumns: number;
  readonly radiusRows: number;
}

/** Whether a pixel may be changed, by its place in row-major order. */
export type Allowed = (at: number) => boolean;

const always: Allowed = () => true;

/** Squared radius of the unit brush: a centre on its very edge is inside, rounding or not. */
export const ROUND = 1 + 1e-9;

/**
 * Sets every pixel whose centre a round brush passes over on its way from one point to another.
 * A brush smaller than a pixel still sets the pixel it stands on.
 */
export function stroke(
  mask: Mask,
  [from, to]: readonly [ImagePoint, ImagePoint],
  brush: Brush,
  value: 0 | 1,
  allowed: Allowed = always,
): void {
  const { columns, rows } = mask.size;
  const [rx, ry] = [Math.max(brush.radiusColumns, 0.5), Math.max(brush.radiusRows, 0.5)];
  const left = Math.max(0, Math.floor(Math.min(from[0], to[0]) - rx));
  const right = Math.min(columns - 1, Math.ceil(Math.max(from[0], to[0]) + rx));
  const top = Math.max(0, Math.floor(Math.min(from[1], to[1]) - ry));
  const bottom = Math.min(rows - 1, Math.ceil(Math.max(from[1], to[1]) + ry));
  // In units of the radii the brush is the unit circle and the stroke a capsule.
  const [ax, ay] = [from[0] / rx, from[1] / ry];
  const [dx, dy] = [to[0] / rx - ax, to[1] / ry - ay];
  const length = dx * dx + dy * dy;
  const set = (column: number, row: number) => {
    const at = row * columns + column;
    if (allowed(at)) mask.data[at] = value;
  };
  for (let row = top; row <= bottom; row += 1) {
    const py = (row + 0.5) / ry - ay;
    for (let column = left; column <= right; column += 1) {
      const px = (column + 0.5) / rx - ax;
      const along = length > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
      const [x, y] = [px - along * dx, py - along * dy];
      if (x * x + y * y <= ROUND) set(column, row);
    }
  }
  for (const [x, y] of [from, to]) {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column >= 0 && row >= 0 && column < columns && row < rows) set(column, row);
  }
}

/** The pixels joined to a seed through their edges as far as `belongs` says; 1 where they are. */
export function connected({ size }: Mask, seed: number, belongs: Allowed): Uint8Array {
  const { columns, rows } = size;
  const found = new Uint8Array(columns * rows);
  if (seed < 0 || seed >= found.length || !belongs(seed)) return found;
  const waiting = [seed];
  found[seed] = 1;
  const look = (at: number) => {
    if (!found[at] && belongs(at)) {
      found[at] = 1;
      waiting.push(at);
    }
  };
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const column = at % columns;
    if (column > 0) look(at - 1);
    if (column < columns - 1) look(at + 1);
    if (at >= columns) look(at - columns);
    if (at < columns * (rows - 1)) look(at + columns);
  }
  return found;
}

/** Fills the area around a seed: a hole where the seed is outside, an island where it is inside. */
export function fill(mask: Mask, seed: number, value: 0 | 1): void {
  const was = mask.data[seed];
  if (was === undefined || was === value) return;
  const found = connected(mask, seed, (at) => mask.data[at] === was);
  for (let at = 0; at < found.length; at += 1) if (found[at]) mask.data[at] = value;
}

/** Sets the pixels whose centres lie inside a closed outline (even-odd rule). */
export function cut(
  mask: Mask,
  outline: readonly ImagePoint[],
  value: 0 | 1,
  allowed: Allowed = always,
): void {
  const { columns, rows } = mask.size;
  for (let row = 0; row < rows; row += 1) {
    const y = row + 0.5;
    const crossings: number[] = [];
    outline.forEach(([x1, y1], index) => {
      const [x2, y2] = outline[(index + 1) % outline.length] ?? [x1, y1];
      if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    });
    crossings.sort((one, other) => one - other);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const first = Math.max(0, Math.ceil((crossings[pair] ?? 0) - 0.5));
      const last = Math.min(columns, Math.ceil((crossings[pair + 1] ?? 0) - 0.5));
      for (let column = first; column < last; column += 1) {
        const at = row * columns + column;
        if (allowed(at)) mask.data[at] = value;
      }
    }
  }
}
