/** The marks of the frame on screen, drawn over it and taken hold of. */
import { type RefObject, useRef } from 'react';
import { type Affine, toCanvas } from '../geometry/affine';
import { boundingBox } from '../geometry/points';
import type { CanvasPoint, ImagePoint, ImageSize, PixelSpacing } from '../geometry/units';
import type { Drawing, Outcome } from './drawing';
import { handlesOf, isClosed, type Mark, type MarkKind, type MarkStyle, outlineOf } from './marks';
import { measureText } from './markText';
import { useHand } from './useHand';

export interface MarksLayerProps {
  readonly affine: Affine | null;
  readonly size: ImageSize;
  readonly spacing: PixelSpacing | null;
  readonly marks: readonly Mark[];
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly tool: MarkKind | null;
  readonly activeStyle: MarkStyle;
  readonly selectedId: string | null;
  readonly isReadOnly: boolean;
  readonly onOutcome: (outcome: Outcome) => void;
}

const HANDLE = 7;

const pathOf = (points: readonly CanvasPoint[], closed: boolean): string =>
  points
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`)
    .join('') + (closed ? 'Z' : '');

export function MarksLayer(props: MarksLayerProps) {
  const { affine, marks, tool, activeStyle, selectedId } = props;
  const layer = useRef<SVGSVGElement>(null);
  const drawing = useHand(layer as RefObject<SVGSVGElement | null>, props);
  const underHand = drawing.at === 'moving' ? drawing.mark.id : null;
  return (
    <svg
      ref={layer}
      className="viewer-marks"
      data-drawing={drawing.at}
      style={{ pointerEvents: tool ? 'all' : 'none', cursor: tool ? 'crosshair' : 'default' }}
      role="img"
      aria-label={`${marks.length} marks on this image`}
    >
      <title>Marks</title>
      {affine &&
        marks.map((mark) => (
          <MarkShape
            key={mark.id}
            affine={affine}
            mark={
              mark.id === underHand && drawing.at === 'moving'
                ? { ...mark, points: drawing.points }
                : mark
            }
            style={props.styleOf(mark.label_key)}
            spacing={props.spacing}
            isSelected={mark.id === selectedId}
          />
        ))}
      {affine && (
        <Unfinished affine={affine} drawing={drawing} style={activeStyle} spacing={props.spacing} />
      )}
    </svg>
  );
}

interface MarkShapeProps {
  readonly affine: Affine;
  readonly mark: Mark;
  readonly style: MarkStyle;
  readonly spacing: PixelSpacing | null;
  readonly isSelected: boolean;
}

function MarkShape({ affine, mark, style, spacing, isSelected }: MarkShapeProps) {
  const outline = pathOf(
    outlineOf(mark).map((point) => toCanvas(affine, point)),
    isClosed(mark.kind),
  );
  return (
    <g data-mark={mark.id}>
      <path
        d={outline}
        fill="none"
        stroke="#000"
        strokeOpacity={0.7}
        strokeWidth={isSelected ? 4.5 : 3.5}
      />
      <path d={outline} fill="none" stroke={style.colour} strokeWidth={isSelected ? 2.25 : 1.75} />
      <path
        className="viewer-mark-grip"
        d={outline}
        fill="none"
        stroke="transparent"
        strokeWidth={12}
      />
      {isSelected &&
        handlesOf(mark).map((point) => (
          <Handle key={point.join()} at={toCanvas(affine, point)} colour={style.colour} />
        ))}
      <Tag
        affine={affine}
        points={mark.points}
        text={`${style.name}  ${measureText(mark.kind, mark.points, spacing)}`}
      />
    </g>
  );
}

function Handle({ at, colour }: { readonly at: CanvasPoint; readonly colour: string }) {
  return (
    <rect
      className="viewer-mark-handle"
      x={at[0] - HANDLE / 2}
      y={at[1] - HANDLE / 2}
      width={HANDLE}
      height={HANDLE}
      fill="#000"
      stroke={colour}
      strokeWidth={1.5}
    />
  );
}

interface TagProps {
  readonly affine: Affine;
  readonly points: readonly ImagePoint[];
  readonly text: string;
}

function Tag({ affine, points, text }: TagProps) {
  if (points.length === 0) return null;
  const corners = points.map((point) => toCanvas(affine, point));
  const left = Math.min(...corners.map((corner) => corner[0]));
  const top = Math.min(...corners.map((corner) => corner[1]));
  return (
    <text className="viewer-mark-tag" x={left} y={top > 18 ? top - 6 : top + 14}>
      {text}
    </text>
  );
}

interface UnfinishedProps {
  readonly affine: Affine;
  readonly drawing: Drawing;
  readonly style: MarkStyle;
  readonly spacing: PixelSpacing | null;
}

function Unfinished({ affine, drawing, style, spacing }: UnfinishedProps) {
  if (drawing.at !== 'spanning' && drawing.at !== 'outlining') return null;
  const kind = drawing.at === 'spanning' ? drawing.kind : 'polygon';
  const points =
    drawing.at === 'spanning'
      ? kind === 'box'
        ? boundingBox([drawing.from, drawing.to])
        : [drawing.from, drawing.to]
      : [...drawing.points, drawing.cursor];
  const outline = outlineOf({ kind, points }).map((point) => toCanvas(affine, point));
  const corners = drawing.at === 'outlining' && !drawing.isTracing ? drawing.points : [];
  return (
    <g>
      <path
        d={pathOf(outline, kind === 'box')}
        fill="none"
        stroke="#000"
        strokeOpacity={0.7}
        strokeWidth={3.5}
      />
      <path
        d={pathOf(outline, kind === 'box')}
        fill="none"
        stroke={style.colour}
        strokeWidth={1.5}
      />
      {corners.map((point) => (
        <Handle key={point.join()} at={toCanvas(affine, point)} colour={style.colour} />
      ))}
      <Tag
        affine={affine}
        points={points}
        text={`${style.name}  ${measureText(kind, points, spacing)}`}
      />
    </g>
  );
}
