/** The segments of the frame on screen, and what painting on it needs. */
import { useMemo } from 'react';
import type { Runs } from '../geometry/mask';
import { belongsTo, type Frame } from './frames';
import { modalityValues } from './pixels';
import { type Canvas, isPaintTool, type PaintSettings, type SegmentOnFrame } from './segments';
import type { StackEngine } from './stackEngine';
import type { PaintProps } from './usePaint';

/** What a stroke left of a segment on the frame it was painted on. */
export interface Painted {
  readonly label_key: string;
  readonly frame: Frame;
  readonly runs: Runs;
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
  frame: Frame | undefined,
  engine: StackEngine | null,
): { readonly here: readonly SegmentOnFrame[]; readonly painting: PaintProps | null } {
  const { segments, paint, tool, onPainted, areMarksShown, isReadOnly } = props;
  const here = useMemo(
    () => (areMarksShown ? segments.filter((segment) => belongsTo(frame, segment)) : []),
    [segments, frame, areMarksShown],
  );
  const painting = useMemo(() => {
    if (!frame || !paint || !isPaintTool(tool) || isReadOnly) return null;
    const { label_key, settings } = paint;
    return {
      tool,
      label_key,
      settings,
      canvas: () => canvasOf(frame, here, label_key, engine),
      onPainted: (runs: Runs) => onPainted({ label_key, frame, runs }),
    };
  }, [frame, paint, tool, isReadOnly, here, engine, onPainted]);
  return { here, painting };
}

/** What paint meets on a frame; null while its pixels are not there. */
function canvasOf(
  frame: Frame,
  segments: readonly SegmentOnFrame[],
  labelKey: string,
  engine: StackEngine | null,
): Canvas | null {
  const image = engine?.currentImage();
  if (!image) return null;
  const isOwn = (segment: SegmentOnFrame) => segment.label_key === labelKey;
  return {
    size: frame.size,
    spacing: frame.spacing ?? frame.plane.spacing,
    runs: segments.find(isOwn)?.runs ?? [],
    others: segments.filter((segment) => !isOwn(segment)).map(({ runs }) => runs),
    values: frame.isColour ? null : modalityValues(image),
  };
}
