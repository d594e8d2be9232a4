/**
 * A line that snaps to edges: the cheapest path over the pixels between two places, where strong
 * edges are cheap (Mortensen and Barrett, Intelligent scissors, SIGGRAPH 1995).
 */

import {
  type Features,
  featuresOf,
  type GreyImage,
  smoothed,
  type Window,
  type WireOptions,
  windowAround,
} from './edges';
import { distance } from './points';
import { type ImagePoint, imagePoint } from './units';

export type { GreyImage, WireOptions };

/** The search for the paths from one anchor to all places around it. */
export interface Wire {
  readonly anchor: ImagePoint;
  /** Settles about so many squares more; true once all within reach are known. */
  advance(squares: number): boolean;
  /** From the anchor (left out) to a place; null while it is not known, and out of reach. */
  pathTo(place: ImagePoint): ImagePoint[] | null;
}

/** Shares of zero crossing of the Laplacian, direction of the edge and strength of the edge. */
const WEIGHTS = { crossing: 0.43, direction: 0.43, strength: 0.14 };

/** Whole numbers that stand for a cost of 1. */
const UNIT = 64;
const MOST = Math.ceil(UNIT * Math.SQRT2);

/** Cost of the step from one square to its neighbour (dx, dy), from 0 to √2. */
function stepCost(f: Features, from: number, to: number, dx: number, dy: number): number {
  const length = dx !== 0 && dy !== 0 ? Math.SQRT2 : 1;
  const dot = (at: number) => ((f.alongX[at] ?? 0) * dx + (f.alongY[at] ?? 0) * dy) / length;
  const [leaving, entering] = [dot(from), dot(to)];
  const sign = leaving >= 0 ? 1 : -1;
  const turn = (Math.acos(clamped(sign * leaving)) + Math.acos(clamped(sign * entering))) * TURN;
  const cost =
    WEIGHTS.crossing * (f.crossing[to] ?? 1) +
    WEIGHTS.direction * turn +
    WEIGHTS.strength * (f.strength[to] ?? 1);
  return cost * length;
}

const TURN = 2 / (3 * Math.PI);
const clamped = (value: number): number => Math.min(1, Math.max(-1, value));

const NEIGHBOURS = [-1, 0, 1].flatMap((dy) =>
  [-1, 0, 1].flatMap((dx) => (dx === 0 && dy === 0 ? [] : [[dx, dy] as const])),
);

/**
 * How far from the middle of a square the edge lies, in squares: where the Laplacian, taken as
 * straight between neighbours, is zero. Without it a path would run half a pixel inside of an edge.
 */
function offEdge(
  { laplacian }: Features,
  { columns, rows }: Window,
  at: number,
): readonly [dx: number, dy: number] {
  const own = laplacian[at] ?? 0;
  const [column, row] = [at % columns, Math.floor(at / columns)];
  const toward = (to: number, isThere: boolean): number => {
    const other = laplacian[to] ?? 0;
    return isThere && own * other < 0 ? own / (own - other) : 0;
  };
  const right = toward(at + 1, column < columns - 1);
  const left = toward(at - 1, column > 0);
  const below = toward(at + columns, row < rows - 1);
  const above = toward(at - columns, row > 0);
  return [right - left, below - above];
}

/** Begins the search from an anchor (Dijkstra with a ring of buckets, as costs are whole). */
export function createWire(image: GreyImage, anchor: ImagePoint, options: WireOptions): Wire {
  const { cell } = options;
  const w = windowAround(image, anchor, options);
  const features = featuresOf(smoothed(image, w, cell), w);
  const count = w.columns * w.rows;
  const costs = new Int32Array(count).fill(2 ** 30);
  const before = new Int32Array(count).fill(-1);
  const isSettled = new Uint8Array(count);
  const buckets: number[][] = Array.from({ length: MOST + 1 }, () => []);
  const squareOf = ([x, y]: ImagePoint): number => {
    const [column, row] = [Math.floor(x / cell) - w.left, Math.floor(y / cell) - w.top];
    const isInside = column >= 0 && row >= 0 && column < w.columns && row < w.rows;
    return isInside ? row * w.columns + column : -1;
  };
  const placeOf = (at: number): ImagePoint =>
    imagePoint(
      (w.left + (at % w.columns) + 0.5) * cell,
      (w.top + Math.floor(at / w.columns) + 0.5) * cell,
    );
  const start = squareOf(anchor);
  let waiting = 0;
  let level = 0;
  const offer = (at: number, cost: number, from: number) => {
    if (cost >= (costs[at] ?? 0)) return;
    costs[at] = cost;
    before[at] = from;
    buckets[cost % buckets.length]?.push(at);
    waiting += 1;
  };
  if (start >= 0) offer(start, 0, -1);

  const settle = (at: number) => {
    isSettled[at] = 1;
    const [column, row] = [at % w.columns, Math.floor(at / w.columns)];
    for (const [dx, dy] of NEIGHBOURS) {
      const [x, y] = [column + dx, row + dy];
      if (x < 0 || y < 0 || x >= w.columns || y >= w.rows) continue;
      const to = y * w.columns + x;
      if (isSettled[to]) continue;
      const cost = Math.max(1, Math.round(UNIT * stepCost(features, at, to, dx, dy)));
      offer(to, (costs[at] ?? 0) + cost, at);
    }
  };
  return {
    anchor,
    advance(squares) {
      for (let done = 0; done < squares && waiting > 0; ) {
        const at = buckets[level % buckets.length]?.pop();
        if (at === undefined) {
          level += 1;
          continue;
        }
        waiting -= 1;
        if (isSettled[at] || costs[at] !== level) continue;
        settle(at);
        done += 1;
      }
      return waiting === 0;
    },
    pathTo(place) {
      let at = squareOf(place);
      if (at < 0 || !isSettled[at]) return null;
      const path = [place];
      for (at = before[at] ?? -1; at >= 0 && at !== start; at = before[at] ?? -1) {
        const [[x, y], [dx, dy]] = [placeOf(at), offEdge(features, w, at)];
        path.push(imagePoint(x + dx * cell, y + dy * cell));
      }
      return path.reverse();
    },
  };
}

/** The place of the strongest edge within so many squares of a point: its square's middle. */
export function snapped(image: GreyImage, point: ImagePoint, cell: number, reach = 3): ImagePoint {
  const w = windowAround(image, point, { cell, reach: reach + 1 });
  const { strength } = featuresOf(smoothed(image, w, cell), w);
  let [best, least] = [point, 1];
  for (let at = 0; at < strength.length; at += 1) {
    const place = imagePoint(
      (w.left + (at % w.columns) + 0.5) * cell,
      (w.top + Math.floor(at / w.columns) + 0.5) * cell,
    );
    const weakness = strength[at] ?? 1;
    if (weakness < least && distance(place, point) <= reach * cell)
      [best, least] = [place, weakness];
  }
  return best;
}
