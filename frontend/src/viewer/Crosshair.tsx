/** Where the other two planes cut this one: lines to be moved by, and grips to be turned by. */

import { type Affine, toCanvas, toImage } from '../geometry/affine';
import { imageToPatient, patientToImage } from '../geometry/plane';
import {
  cutDirection,
  movedAlong,
  PLANE_NAMES,
  type PlaneName,
  type Planes,
  turned,
} from '../geometry/planes';
import { type CanvasPoint, canvasPoint } from '../geometry/units';
import { pressAction } from '../ui/mouseMap';
import type { PlaneView } from './volumeEngine';

/** One colour per plane, as reconstruction workplaces have them. */
export const PLANE_COLOURS: Readonly<Record<PlaneName, string>> = {
  axial: '#e8b04a',
  coronal: '#4fc38a',
  sagittal: '#57b6ff',
};

const GAP = 14;
const GRIP = 6;
/** Where the turning grips stand, as a share of the shorter side. */
const GRIP_AWAY = 0.32;

export interface CrosshairProps {
  readonly name: PlaneName;
  readonly planes: Planes;
  readonly view: PlaneView;
  readonly size: { readonly width: number; readonly height: number };
  /** Takes hold of the whole layer, so that a press anywhere moves the centre. */
  readonly isHeld: boolean;
  readonly onPlanes: (planes: Planes) => void;
}

export function centreOn(affine: Affine, planes: Planes, view: PlaneView): CanvasPoint {
  return toCanvas(affine, patientToImage(view.plane, planes.centre));
}

export function Crosshair(props: CrosshairProps) {
  const { name, planes, view, size, isHeld, onPlanes } = props;
  const [x, y] = centreOn(view.affine, planes, view);
  const reach = Math.min(size.width, size.height) * GRIP_AWAY;
  const far = size.width + size.height;

  const spotOf = (event: React.PointerEvent): CanvasPoint => {
    const edge = event.currentTarget.closest('svg')?.getBoundingClientRect();
    return canvasPoint(event.clientX - (edge?.left ?? 0), event.clientY - (edge?.top ?? 0));
  };
  const moveCentre = (event: React.PointerEvent) =>
    onPlanes({
      ...planes,
      centre: imageToPatient(view.plane, toImage(view.affine, spotOf(event))),
    });
  const isDragging = ({ currentTarget, pointerId }: React.PointerEvent) =>
    currentTarget.hasPointerCapture(pointerId);

  return (
    <svg
      className="viewer-crosshair"
      style={{ pointerEvents: isHeld ? 'all' : 'none' }}
      aria-hidden="true"
      onPointerDown={(event) => {
        if (pressAction(event) !== 'tool' || !isHeld) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        moveCentre(event);
      }}
      onPointerMove={(event) => {
        const isDragged = isHeld && isDragging(event);
        const isHovering = event.shiftKey && event.buttons === 0;
        if (isDragged || isHovering) moveCentre(event);
      }}
      onMouseDown={(event) => isHeld && pressAction(event) === 'tool' && event.stopPropagation()}
    >
      {PLANE_NAMES.filter((other) => other !== name).map((other) => {
        const along = cutDirection(planes.axes[name], planes.axes[other]);
        if (!along) return null;
        const [tx, ty] = toCanvas(
          view.affine,
          patientToImage(view.plane, movedAlong(planes.centre, along, 1)),
        );
        const length = Math.hypot(tx - x, ty - y);
        const [dx, dy] = [(tx - x) / length, (ty - y) / length];
        return (
          <g key={other} data-plane={other} stroke={PLANE_COLOURS[other]}>
            {[-1, 1].map((side) => (
              <line
                key={side}
                x1={x + side * GAP * dx}
                y1={y + side * GAP * dy}
                x2={x + side * far * dx}
                y2={y + side * far * dy}
              />
            ))}
            {[-1, 1].map((side) => (
              <TurningGrip
                key={side}
                at={[x + side * reach * dx, y + side * reach * dy]}
                onTurn={(event) => {
                  const [px, py] = spotOf(event);
                  const angle = Math.atan2(side * (py - y), side * (px - x)) - Math.atan2(dy, dx);
                  // The screen counts angles clockwise, the normal towards the reader the other way.
                  onPlanes(turned(planes, name, -angle));
                }}
              />
            ))}
          </g>
        );
      })}
    </svg>
  );
}

interface TurningGripProps {
  readonly at: readonly [number, number];
  readonly onTurn: (event: React.PointerEvent) => void;
}

function TurningGrip({ at, onTurn }: TurningGripProps) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: turning has no meaning without sight of it
    <circle
      className="viewer-turn"
      cx={at[0]}
      cy={at[1]}
      r={GRIP}
      onPointerDown={(event) => {
        if (pressAction(event) !== 'tool') return;
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onMouseDown={(event) => event.stopPropagation()}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        event.stopPropagation();
        onTurn(event);
      }}
    />
  );
}
