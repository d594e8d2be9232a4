/** One mark as it is drawn: its line, its handles, and what it measures. */
import { useMemo } from 'react';
import { type Affine, toCanvas } from '../geometry/affine';
import type { CanvasPoint, ImagePoint, PixelSpacing } from '../geometry/units';
import type { Drawing } from './drawing';
import { handlesOf, type Mark, type MarkStyle, middlesOf } from './marks';
import { measureText, statisticsText } from './markText';
import { type MarkKind, pointsFrom, ringOf, SHAPES, strokesOf } from './shapes';
import type { Statistics } from './statistics';

/** What measuring needs of the image on screen. */
export interface Measured {
  readonly grid: PixelSpacing;
  readonly spacing: PixelSpacing | null;
  readonly unit: string;
  readonly statisticsOf: (ring: readonly ImagePoint[]) => Statistics | null;
}

const HANDLE = 7;
/** Arms of the cross that a point is drawn as. */
const CROSS = 7;

const subpath = (points: readonly CanvasPoint[], closed: boolean): string =>
  points
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`)
    .join('') + (closed ? 'Z' : '');

/** The mark as an SVG path in canvas pixels. */
export function pathOf(affine: Affine, kind: MarkKind, points: readonly ImagePoint[]): string {
  const [point] = points;
  if (kind === 'point' && point) {
    const [x, y] = toCanvas(affine, point);
    return `M${(x - CROSS).toFixed(2)} ${y.toFixed(2)}h${2 * CROSS}M${x.toFixed(2)} ${(y - CROSS).toFixed(2)}v${2 * CROSS}`;
  }
  return strokesOf(kind, points)
    .map((stroke) =>
      subpath(
        stroke.points.map((one) => toCanvas(affine, one)),
        stroke.isClosed,
      ),
    )
    .join('');
}

interface MarkShapeProps {
  readonly affine: Affine;
  readonly mark: Mark;
  readonly style: MarkStyle;
  readonly measured: Measured;
  readonly isMoving: boolean;
  readonly isSelected: boolean;
}

export function MarkShape({ affine, mark, style, measured, isMoving, isSelected }: MarkShapeProps) {
  const { kind, points } = mark;
  const { grid, spacing, unit, statisticsOf } = measured;
  const path = pathOf(affine, kind, points);
  const isCounted = isSelected && !isMoving && SHAPES[kind].isClosed;
  const found = useMemo(
    () => (isCounted ? statisticsOf(ringOf(kind, points)) : null),
    [isCounted, statisticsOf, kind, points],
  );
  return (
    <g data-mark={mark.id} data-kind={kind}>
      <path
        d={path}
        fill="none"
        stroke="#000"
        strokeOpacity={0.7}
        strokeWidth={isSelected ? 4.5 : 3.5}
      />
      <path d={path} fill="none" stroke={style.colour} strokeWidth={isSelected ? 2.25 : 1.75} />
      <path
        className="viewer-mark-grip"
        d={path}
        fill="none"
        stroke="transparent"
        strokeWidth={12}
      />
      {isSelected &&
        middlesOf(mark).map((point) => (
          <Middle key={point.join()} at={toCanvas(affine, point)} colour={style.colour} />
        ))}
      {isSelected &&
        handlesOf(mark).map((point) => (
          <Handle key={point.join()} at={toCanvas(affine, point)} colour={style.colour} />
        ))}
      <Tag
        affine={affine}
        points={points}
        text={`${style.name}  ${measureText(kind, points, spacing, grid)}`}
        more={found ? statisticsText(found, unit) : ''}
      />
    </g>
  );
}

interface GripProps {
  readonly at: CanvasPoint;
  readonly colour: string;
}

function Handle({ at, colour }: GripProps) {
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

function Middle({ at, colour }: GripProps) {
  return (
    <circle
      className="viewer-mark-handle"
      cx={at[0]}
      cy={at[1]}
      r={3}
      fill="#000"
      stroke={colour}
      strokeOpacity={0.7}
    />
  );
}

interface TagProps {
  readonly affine: Affine;
  readonly points: readonly ImagePoint[];
  readonly text: string;
  readonly more?: string;
}

function Tag({ affine, points, text, more }: TagProps) {
  if (points.length === 0) return null;
  const corners = points.map((point) => toCanvas(affine, point));
  const left = Math.min(...corners.map((corner) => corner[0]));
  const top = Math.min(...corners.map((corner) => corner[1]));
  const height = more ? 32 : 18;
  const y = top > height ? top - height + 12 : top + 14;
  return (
    <text className="viewer-mark-tag" x={left} y={y}>
      {text}
      {more && (
        <tspan x={left} dy={14}>
          {more}
        </tspan>
      )}
    </text>
  );
}

interface UnfinishedProps {
  readonly affine: Affine;
  readonly drawing: Drawing;
  readonly style: MarkStyle;
  readonly measured: Measured;
}

export function Unfinished({ affine, drawing, style, measured }: UnfinishedProps) {
  if (drawing.at !== 'placing' && drawing.at !== 'outlining') return null;
  const { kind } = drawing;
  const { grid, spacing } = measured;
  const isPlacing = drawing.at === 'placing';
  const wire = isPlacing ? undefined : drawing.wire;
  const made = isPlacing ? drawing.placed : drawing.points;
  const nodes = wire ? made.filter((_, index) => wire.anchors.includes(index)) : made;
  const points = isPlacing
    ? pointsFrom(kind, [...made, drawing.cursor], grid)
    : [...made, ...(wire ? wire.trail : [drawing.cursor])];
  // A line under way stays open, so that its end is seen.
  const shape = !isPlacing && kind === 'polygon' ? 'polyline' : kind;
  const path = pathOf(affine, shape === 'freehand' ? 'polyline' : shape, points);
  const isTracing = drawing.at === 'outlining' && drawing.isTracing;
  return (
    <g>
      <path d={path} fill="none" stroke="#000" strokeOpacity={0.7} strokeWidth={3.5} />
      <path d={path} fill="none" stroke={style.colour} strokeWidth={1.5} />
      {!isTracing &&
        !isPlacing &&
        nodes.map((point) => (
          <Handle key={point.join()} at={toCanvas(affine, point)} colour={style.colour} />
        ))}
      <Tag
        affine={affine}
        points={points}
        text={`${style.name}  ${measureText(kind, points, spacing, grid)}`}
      />
    </g>
  );
}
