/** Stacks of a tilted gantry as straight ones, for planes and 3D; the slices themselves stay as they are. */
import { Enums, imageLoader, type Types, utilities } from '@cornerstonejs/core';
import { moveSlice, type Straight, straightOf } from '../geometry/straighten';
import type { LoadOptions } from './exactValues';
import type { Frame } from './frames';
import { registerFrames } from './imageIds';
import { modalityValues } from './pixels';
import { isTilted, textureType } from './volumeShape';

const MARK = '?straight';

export const isStraight = (imageId: string): boolean => imageId.endsWith(MARK);

interface Original {
  readonly frame: Frame;
  readonly straight: Straight;
  readonly index: number;
  readonly type: ReturnType<typeof textureType>;
}

const originals = new Map<string, Original>();
const made = new WeakMap<readonly Frame[], readonly Frame[]>();

/** The same frames where they lie straight already; else frames to be shown in their place. */
export function straightened(frames: readonly Frame[]): readonly Frame[] {
  if (!isTilted(frames)) return frames;
  const known = made.get(frames);
  const straight = known ? null : straightOf(frames);
  if (known || !straight) return known ?? frames;
  const type = textureType(frames);
  const moved = frames.map((frame, index) => {
    const plane = straight.planes[index] ?? frame.plane;
    const imageId = `${frame.imageId}${MARK}`;
    originals.set(imageId, { frame, straight, index, type });
    return {
      ...frame,
      imageId,
      plane,
      size: straight.size,
      attributes: attributesOf(frame, plane, straight),
    };
  });
  made.set(frames, moved);
  return moved;
}

/** Values as they come out of `moveSlice` need no scaling. */
function attributesOf(
  frame: Frame,
  plane: Frame['plane'],
  { size }: Straight,
): Frame['attributes'] {
  return {
    ...frame.attributes,
    '00280010': { vr: 'US', Value: [size.rows] },
    '00280011': { vr: 'US', Value: [size.columns] },
    '00200032': { vr: 'DS', Value: [...plane.origin] },
  };
}

/** What stands beside the slices: as dark as their unit knows and their type holds. */
const besideOf = ({ frame, type }: Original): number =>
  frame.valueUnit === 'HU' && !type.startsWith('Uint') ? -1000 : 0;

/** Raises: what the loader of the original refuses with. */
export function loadStraight(imageId: string, options?: LoadOptions) {
  return { promise: load(imageId, options) };
}

async function load(imageId: string, options?: LoadOptions): Promise<Types.IImage> {
  const original = originals.get(imageId);
  if (!original) throw new Error('no such slice'); // not shown
  const { frame, straight, index, type } = original;
  registerFrames([frame]);
  // Asked for in the turn of the straight one.
  const image = await imageLoader.loadAndCacheImage(frame.imageId, {
    priority: options?.priority ?? 0,
    requestType: options?.requestType ?? Enums.RequestType.Prefetch,
  });
  const { columns, rows } = straight.size;
  const values = new TYPES[type](columns * rows).fill(besideOf(original));
  moveSlice(modalityValues(image), frame.size, straight.shifts[index] ?? [0, 0], values, columns);
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({
    width: columns,
    height: rows,
    scalarData: values,
    numberOfComponents: 1,
  });
  return {
    ...image,
    imageId,
    dataType: type,
    columns,
    rows,
    width: columns,
    height: rows,
    slope: 1,
    intercept: 0,
    preScale: { ...image.preScale, enabled: true, scaled: true },
    sizeInBytes: values.byteLength,
    voxelManager,
    getPixelData: () => values,
  } as Types.IImage;
}

const TYPES = { Uint8Array, Int16Array, Uint16Array, Float32Array } as const;
