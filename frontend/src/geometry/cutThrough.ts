/** Segments of a stack where a plane cuts them, voxel by voxel. */
import type { Box, Mask, Runs } from './mask';
import { dot, type ImagePlane, normalOf, patientToImage, patientToIndex } from './plane';
import { heightOver, type Slice } from './sweep';
import type { ImageSize, PatientPoint } from './units';

/** What lies on one slice, only as large as the box it fills. */
export interface Patch extends Box {
  /** Row by row within the box: 1 inside. */
  readonly data: Uint8Array;
}

/** Null where nothing lies. */
export function patchFrom(runs: Runs, { columns }: ImageSize): Patch | null {
  const spans: [start: number, end: number][] = [];
  let at = 0;
  for (let index = 0; index + 1 < runs.length; index += 2) {
    at += runs[index] ?? 0;
    const end = at + (runs[index + 1] ?? 0);
    // A run over the end of a row goes on in the next one.
    for (let start = at; start < end; ) {
      const stop = Math.min(end, (Math.floor(start / columns) + 1) * columns);
      spans.push([start, stop]);
      start = stop;
    }
    at = end;
  }
  const [first, last] = [spans[0], spans[spans.length - 1]];
  if (!first || !last) return null;
  const top = Math.floor(first[0] / columns);
  const bottom = Math.floor((last[1] - 1) / columns) + 1;
  const left = Math.min(...spans.map(([start]) => start % columns));
  const right = Math.max(...spans.map(([, end]) => ((end - 1) % columns) + 1));
  const data = new Uint8Array((right - left) * (bottom - top));
  for (const [start, end] of spans) {
    const line = (Math.floor(start / columns) - top) * (right - left) - left;
    data.fill(1, line + (start % columns), line + ((end - 1) % columns) + 1);
  }
  return { left, top, right, bottom, data };
}

/** A stack as an even grid of voxels. */
export interface Grid {
  readonly plane: ImagePlane;
  readonly size: ImageSize;
  readonly count: number;
  /** Millimetres from one slice to the next, negative where they run against their normal. */
  readonly step_mm: number;
  /** Pixels by which each slice lies beside the first, along its row and column. */
  readonly shifts: readonly Shift[];
}

export type Shift = readonly [x: number, y: number];

/** Less than this part of a pixel is rounding. */
const NO_SHIFT = 1e-4;

/** Where the first pixel of a slice lies beside that of another, in pixels; 0 where it is above it. */
export function shiftOf(first: ImagePlane, { origin }: ImagePlane): Shift {
  const [x, y] = patientToIndex(first, origin);
  return [Math.abs(x) < NO_SHIFT ? 0 : x, Math.abs(y) < NO_SHIFT ? 0 : y];
}

/** Null for fewer than two slices. */
export function gridOf(slices: readonly Slice[]): Grid | null {
  const [first, last] = [slices[0], slices[slices.length - 1]];
  if (!first || !last || slices.length < 2) return null;
  const step_mm = heightOver(first.plane, last.plane.origin) / (slices.length - 1);
  const shifts = slices.map(({ plane }) => shiftOf(first.plane, plane));
  return { plane: first.plane, size: first.size, count: slices.length, step_mm, shifts };
}

type Triple = readonly [number, number, number];

/** Where a place lies beside the first slice, and which slice it is in. */
function besideFirst({ plane, step_mm }: Grid, place: PatientPoint): Triple {
  const [x, y] = patientToImage(plane, place);
  return [x, y, heightOver(plane, place) / step_mm + 0.5];
}

/**
 * Where a place lies in the grid: [column, row, slice]; whole numbers are edges between voxels.
 * Columns and rows are those of the slice it lies in, however that is shifted.
 */
export function gridPlace(grid: Grid, place: PatientPoint): Triple {
  const [x, y, z] = besideFirst(grid, place);
  const [right, down] = grid.shifts[Math.floor(z)] ?? [0, 0];
  return [x - right, y - down, z];
}

/** Three places of a picture: its first corner, one pixel to the right, one pixel down. */
export interface Picture {
  readonly size: ImageSize;
  readonly corner: PatientPoint;
  readonly right: PatientPoint;
  readonly down: PatientPoint;
}

/**
 * The picture's pixels whose centres lie in voxels that are inside. `patches` has one entry for
 * each slice of the grid.
 */
export function cutThrough(
  grid: Grid,
  patches: readonly (Patch | null)[],
  { size, corner, right, down }: Picture,
): Mask {
  const mask: Mask = { size, data: new Uint8Array(size.columns * size.rows) };
  const from = besideFirst(grid, corner);
  const stepOf = (to: PatientPoint): Triple => {
    const [x, y, z] = besideFirst(grid, to);
    return [x - from[0], y - from[1], z - from[2]];
  };
  const [across, along] = [stepOf(right), stepOf(down)];
  for (let row = 0; row < size.rows; row += 1) {
    let x = from[0] + 0.5 * across[0] + (row + 0.5) * along[0];
    let y = from[1] + 0.5 * across[1] + (row + 0.5) * along[1];
    let z = from[2] + 0.5 * across[2] + (row + 0.5) * along[2];
    for (let column = 0; column < size.columns; column += 1) {
      const patch = patches[Math.floor(z)];
      if (patch) {
        const shift = grid.shifts[Math.floor(z)];
        const [i, j] = [Math.floor(x - (shift?.[0] ?? 0)), Math.floor(y - (shift?.[1] ?? 0))];
        if (i >= patch.left && i < patch.right && j >= patch.top && j < patch.bottom)
          mask.data[row * size.columns + column] =
            patch.data[(j - patch.top) * (patch.right - patch.left) + i - patch.left] ?? 0;
      }
      x += across[0];
      y += across[1];
      z += across[2];
    }
  }
  return mask;
}

/** Whether a plane with this normal shows the slices themselves. */
export const isAlongSlices = (plane: ImagePlane, normal: Triple): boolean =>
  Math.abs(dot(normalOf(plane), normal)) > 0.99999;
