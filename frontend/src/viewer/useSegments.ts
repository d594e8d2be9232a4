/** The segments of the frame on screen, and what painting on it needs. */
import { cache } from '@cornerstonejs/core';
import { useMemo } from 'react';
import type { Runs } from '../geometry/mask';
import { belongsTo, type Frame, isOneStack } from './frames';
import { isInMemory, loadNow } from './imageIds';
import { modalityValues } from './pixels';
import {
  brushOf,
  type Canvas,
  type Ground,
  isBrush,
  isPaintTool,
  type PaintSettings,
  type SegmentOnFrame,
} from './segments';
import { beginStroke, type Change } from './strokes';
import type { PaintProps } from './usePaint';

/** What a stroke left of a segment on the frames it touched. */
export interface Painted {
  readonly label_key: string;
  readonly changes: readonly { readonly frame: Frame; readonly runs: Runs }[];
}

export interface SegmentsProps {
  readonly segments: readonly SegmentOnFrame[];
  /** What a paint tool paints; null where the project has no segments. */
  readonly paint: { readonly label_key: string; readonly settings: PaintSettings } | null;
  readonly onPainted: (painted: Painted) => void;
}

interface Surroundings extends SegmentsProps {
  readonly tool: string;
  readonly areMarksShown: boolean;
  readonly isReadOnly: boolean;
}

export function useSegments(
  props: Surroundings,
  frames: readonly Frame[],
  index: number,
): { readonly here: readonly SegmentOnFrame[]; readonly painting: PaintProps | null } {
  const { segments, paint, tool, onPainted, areMarksShown, isReadOnly } = props;
  const frame = frames[index];
  const here = useMemo(
    () => (areMarksShown ? segments.filter((segment) => belongsTo(frame, segment)) : []),
    [segments, frame, areMarksShown],
  );
  const painting = useMemo((): PaintProps | null => {
    if (!frame || !paint || !isPaintTool(tool) || isReadOnly) return null;
    const { label_key, settings } = paint;
    const ground = groundOf(frames, segments, label_key);
    return {
      label_key,
      surface: frame.imageId,
      brush: isBrush(tool) ? brushOf(settings.radius, frame.plane.spacing) : null,
      begin: (start, isErasing) =>
        isInMemory(frame)
          ? beginStroke(tool, start, { ...ground, at: index }, { ...settings, isErasing })
          : null,
      fetch: (indices) => fetchFrames(frames, indices),
      onPainted: (changes) => onPainted({ label_key, changes: withFrames(changes, frames) }),
    };
  }, [frames, frame, index, paint, tool, isReadOnly, segments, onPainted]);
  return { here, painting };
}

export const withFrames = (changes: readonly Change[], frames: readonly Frame[]) =>
  changes.flatMap(({ index, runs }) => {
    const frame = frames[index];
    return frame ? [{ frame, runs }] : [];
  });

/** A slice that cannot be had is left alone: see `Stroke.finish`. */
export async function fetchFrames(
  frames: readonly Frame[],
  indices: readonly number[],
): Promise<void> {
  await Promise.allSettled(indices.flatMap((index) => frames[index] ?? []).map(loadNow));
}

/** The stack as paint meets it. */
export function groundOf(
  frames: readonly Frame[],
  segments: readonly SegmentOnFrame[],
  labelKey: string,
): Ground {
  return {
    slices: frames,
    get isStack() {
      return isOneStack(frames);
    },
    isHere(index) {
      const frame = frames[index];
      return frame !== undefined && isInMemory(frame);
    },
    canvas(index): Canvas {
      const frame = frames[index] as Frame;
      const lying = segments.filter((segment) => belongsTo(frame, segment));
      const isOwn = (segment: SegmentOnFrame) => segment.label_key === labelKey;
      const image = cache.getImage(frame.imageId);
      return {
        size: frame.size,
        spacing: frame.plane.spacing,
        runs: lying.find(isOwn)?.runs ?? [],
        others: lying.filter((segment) => !isOwn(segment)).map(({ runs }) => runs),
        get values() {
          return frame.isColour ? null : image ? modalityValues(image) : 'absent';
        },
      };
    },
  };
}
