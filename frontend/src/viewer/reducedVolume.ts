/** A stack made smaller for looking at it as a whole: blocks of voxels become their mean. */
import { cache } from '@cornerstonejs/core';
import { dot, normalOf, type Vector } from '../geometry/plane';
import { stackStep } from '../geometry/stackStep';
import type { Frame } from './frames';
import { prefetchFrames } from './imageIds';
import { modalityValues } from './pixels';
import { VolumeTooLarge } from './volume';

/** Decoded bytes that are read for one picture at most; more would take minutes to fetch. */
const MOST_BYTES = 2 * 1024 ** 3;

/** Slices requested at once. */
const IN_FLIGHT = 6;

type Triple = readonly [number, number, number];

/** Voxels as a grid in the patient; the axes are right-handed. */
export interface Reduced {
  readonly counts: Triple;
  /** Voxels of the stack in one of these, along column, row and slice. */
  readonly block: Triple;
  /** The middle of the first voxel in LPS millimetres. */
  readonly origin: Vector;
  readonly spacing_mm: Triple;
  /** Unit vectors along the three. */
  readonly axes: readonly [Vector, Vector, Vector];
  /** Modality values, column by column, row by row; what has not come yet is `air`. */
  readonly values: Float32Array;
}

/** The smallest blocks with which no more than `most` voxels are left; in plane they are square. */
export function blockOf(counts: Triple, steps_mm: Triple, most: number): Triple {
  const block: [number, number, number] = [1, 1, 1];
  const left = () =>
    counts.reduce((product, count, axis) => product * Math.ceil(count / (block[axis] ?? 1)), 1);
  while (left() > most) {
    const isThroughFiner = steps_mm[2] * block[2] < steps_mm[0] * block[0];
    if (isThroughFiner && block[2] < counts[2]) block[2] += 1;
    else {
      block[0] += 1;
      block[1] += 1;
    }
  }
  return block;
}

/** An empty grid for a stack. `air` stands where nothing has come yet. */
export function reducedFor(frames: readonly Frame[], most: number, air: number): Reduced {
  const { plane, size } = frames[0] as Frame;
  const step = stackStep(frames);
  const gap = Math.hypot(...step);
  const steps_mm: Triple = [plane.spacing.column, plane.spacing.row, gap];
  const block = blockOf([size.columns, size.rows, frames.length], steps_mm, most);
  const counts: Triple = [
    Math.ceil(size.columns / block[0]),
    Math.ceil(size.rows / block[1]),
    Math.ceil(frames.length / block[2]),
  ];
  const normal = normalOf(plane);
  const last = frames[frames.length - 1] as Frame;
  const lowest = dot(normal, step) < 0 ? last.plane.origin : plane.origin;
  const away = steps_mm.map((millimetres, axis) => ((block[axis] ?? 1) - 1) * millimetres * 0.5);
  const at = (axis: 0 | 1 | 2) =>
    lowest[axis] +
    plane.rowDirection[axis] * (away[0] ?? 0) +
    plane.columnDirection[axis] * (away[1] ?? 0) +
    normal[axis] * (away[2] ?? 0);
  return {
    counts,
    block,
    origin: [at(0), at(1), at(2)],
    spacing_mm: [steps_mm[0] * block[0], steps_mm[1] * block[1], steps_mm[2] * block[2]],
    axes: [plane.rowDirection, plane.columnDirection, normal],
    values: new Float32Array(counts[0] * counts[1] * counts[2]).fill(air),
  };
}

/** Adds slices one by one; blocks through several slices are the mean of those that have come. */
export function createReducer(frames: readonly Frame[], reduced: Reduced) {
  const { counts, block, values } = reduced;
  const [across, down, through] = counts;
  const { size, plane } = frames[0] as Frame;
  const isDownwards = dot(normalOf(plane), stackStep(frames)) < 0;
  const come = new Uint16Array(through);
  const sums = new Float32Array(across * down);
  const shares = new Uint16Array(across * down);
  for (let y = 0; y < size.rows; y += 1)
    for (let x = 0; x < size.columns; x += 1) {
      const at = Math.floor(y / block[1]) * across + Math.floor(x / block[0]);
      shares[at] = (shares[at] ?? 0) + 1;
    }
  return {
    /** `pixels` are the modality values of the frame with this index. */
    add(index: number, pixels: ArrayLike<number>): void {
      const height = isDownwards ? frames.length - 1 - index : index;
      const layer = Math.floor(height / block[2]);
      sums.fill(0);
      for (let y = 0; y < size.rows; y += 1) {
        const line = Math.floor(y / block[1]) * across;
        for (let x = 0; x < size.columns; x += 1) {
          const at = line + Math.floor(x / block[0]);
          sums[at] = (sums[at] ?? 0) + (pixels[y * size.columns + x] ?? 0);
        }
      }
      const before = come[layer] ?? 0;
      come[layer] = before + 1;
      const from = layer * across * down;
      for (let at = 0; at < sums.length; at += 1) {
        const mean = (sums[at] ?? 0) / (shares[at] ?? 1);
        const known = before === 0 ? 0 : (values[from + at] ?? 0) * before;
        values[from + at] = (known + mean) / (before + 1);
      }
    },
  };
}

export interface Reducing {
  readonly reduced: Reduced;
  progress(): { readonly loaded: number; readonly failed: number };
  stop(): void;
}

/**
 * Fetches a stack from its middle outwards and makes it smaller as it comes; the slices themselves
 * may leave memory again. Raises: VolumeTooLarge.
 */
export function reduceStack(
  frames: readonly Frame[],
  { most, air }: { readonly most: number; readonly air: number },
  onProgress: () => void,
): Reducing {
  const first = frames[0] as Frame;
  if (first.size.rows * first.size.columns * frames.length * 2 > MOST_BYTES)
    throw new VolumeTooLarge();
  const reduced = reducedFor(frames, most, air);
  const reducer = createReducer(frames, reduced);
  const middle = (frames.length - 1) / 2;
  const rest = frames
    .map((_, index) => index)
    .sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle));
  const count = { loaded: 0, failed: 0 };
  let isStopped = false;
  const next = async (): Promise<void> => {
    for (let index = rest.shift(); index !== undefined && !isStopped; index = rest.shift()) {
      const frame = frames[index] as Frame;
      await prefetchFrames([frame]);
      const image = cache.getImage(frame.imageId);
      if (isStopped) return;
      if (image) reducer.add(index, modalityValues(image));
      count[image ? 'loaded' : 'failed'] += 1;
      onProgress();
    }
  };
  for (let lane = 0; lane < IN_FLIGHT; lane += 1) void next();
  return {
    reduced,
    progress: () => ({ ...count }),
    stop() {
      isStopped = true;
    },
  };
}
