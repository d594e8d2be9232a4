/** The marks of the frame on screen, drawn over it and taken hold of. */
import { type RefObject, useRef } from 'react';
import type { Affine } from '../geometry/affine';
import type { ImagePoint, ImageSize, PixelSpacing } from '../geometry/units';
import { t } from '../words/t';
import type { Drawing, Outcome } from './drawing';
import { MarkShape, type Measured, Unfinished } from './MarkShape';
import type { Mark, MarkStyle } from './marks';
import type { MarkKind } from './shapes';
import type { Statistics } from './statistics';
import { useHand } from './useHand';
import type { SnapImage } from './wirePull';

export interface MarksLayerProps {
  readonly affine: Affine | null;
  readonly size: ImageSize;
  /** Shape of the pixels. */
  readonly grid: PixelSpacing;
  /** Spacing to measure with; null measures in pixels. */
  readonly spacing: PixelSpacing | null;
  /** Unit of the pixel values. */
  readonly unit: string;
  readonly statisticsOf: (ring: readonly ImagePoint[]) => Statistics | null;
  readonly marks: readonly Mark[];
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly tool: MarkKind | null;
  /** The image a line snaps to; null draws lines as the hand does. */
  readonly snapsTo: (() => SnapImage | null) | null;
  readonly activeStyle: MarkStyle;
  readonly selectedId: string | null;
  readonly isReadOnly: boolean;
  readonly onOutcome: (outcome: Outcome) => void;
}

export function MarksLayer(props: MarksLayerProps) {
  const { affine, marks, tool, activeStyle, selectedId, grid, spacing, unit } = props;
  const layer = useRef<SVGSVGElement>(null);
  const drawing = useHand(layer as RefObject<SVGSVGElement | null>, props);
  const measured: Measured = { grid, spacing, unit, statisticsOf: props.statisticsOf };
  return (
    <svg
      ref={layer}
      className="viewer-marks"
      data-drawing={drawing.at}
      style={{ pointerEvents: tool ? 'all' : 'none', cursor: tool ? 'crosshair' : 'default' }}
      role="img"
      aria-label={t('{count, plural, one {# mark} other {# marks}} on this image', {
        count: marks.length,
      })}
    >
      <title>{t('Marks')}</title>
      {affine &&
        marks.map((mark) => (
          <MarkShape
            key={mark.id}
            affine={affine}
            mark={underHand(mark, drawing)}
            style={props.styleOf(mark.label_key)}
            measured={measured}
            isMoving={drawing.at === 'moving' && drawing.mark.id === mark.id}
            isSelected={mark.id === selectedId}
          />
        ))}
      {affine && (
        <Unfinished affine={affine} drawing={drawing} style={activeStyle} measured={measured} />
      )}
    </svg>
  );
}

const underHand = (mark: Mark, drawing: Drawing): Mark =>
  drawing.at === 'moving' && drawing.mark.id === mark.id
    ? { ...mark, points: drawing.points }
    : mark;
