/** Zoom, turn and flip of a viewport, and the map from image to screen they add up to. */
import { getShouldUseCPURendering, type Types } from '@cornerstonejs/core';
import { type Affine, affineFrom, scaleOf, toCanvas, toImage } from '../geometry/affine';
import { imageToPatient, indexToPatient, patientToImage } from '../geometry/plane';
import { type CanvasPoint, canvasPoint, imagePoint, type PatientPoint } from '../geometry/units';
import type { Frame } from './frames';

export function fitKeepingTurn(viewport: Types.IStackViewport): void {
  const { flipHorizontal, flipVertical } = viewport.getCamera();
  const rotation = viewport.getViewPresentation().rotation ?? 0;
  viewport.resetCamera();
  viewport.setCamera({
    flipHorizontal: flipHorizontal ?? false,
    flipVertical: flipVertical ?? false,
  });
  viewport.setViewPresentation({ rotation });
}

export function rotateBy(viewport: Types.IStackViewport, degrees: number): void {
  const rotation = viewport.getViewPresentation().rotation ?? 0;
  viewport.setViewPresentation({ rotation: (rotation + degrees + 360) % 360 });
}

/** Where the x and y axes of the image point on screen (y down): quarter turns and mirrorings. */
export interface Turn {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** How an image lies that is drawn so. */
export const turnOn = ({ a, b, c, d }: Affine): Turn => ({ x: [a, b], y: [c, d] });

/**
 * Turns and mirrors the image so that its axes point on screen where they are wanted. Which of
 * both comes first differs between the backends, so the result is looked at, not computed.
 */
export function turnTo(viewport: Types.IStackViewport, frame: Frame, { x, y }: Turn): void {
  const isMirrored = x[0] * y[1] - x[1] * y[0] < 0;
  viewport.setViewPresentation({ rotation: 0 });
  viewport.setCamera({ flipHorizontal: isMirrored, flipVertical: false });
  for (const rotation of [0, 90, 180, 270]) {
    viewport.setViewPresentation({ rotation });
    const affine = affineOf(viewport, frame);
    if (affine && affine.a * x[0] + affine.b * x[1] > 0 && affine.c * y[0] + affine.d * y[1] > 0)
      return;
  }
}

/** Where the camera stands and which way round, in mm: the same in a viewport of another size. */
export function poseOf(viewport: Types.IStackViewport): readonly number[] {
  const camera = viewport.getCamera();
  const { focalPoint = [0, 0, 0], viewUp = [0, 0, 0], parallelScale = 0 } = camera;
  const flips = [camera.flipHorizontal, camera.flipVertical].map((is) => (is ? 1 : 0));
  return [...focalPoint, ...viewUp, parallelScale, ...flips];
}

export const isSamePose = (one: readonly number[], other: readonly number[]): boolean =>
  one.every((value, at) => Math.abs(value - (other[at] ?? 0)) < 0.01);

/** Mirrors what is on screen left to right or top to bottom, whichever way the image is turned. */
export function flip(viewport: Types.IStackViewport, axis: 'horizontal' | 'vertical'): void {
  const { flipHorizontal, flipVertical } = viewport.getCamera();
  const isOnSide = Math.round(viewport.getViewPresentation().rotation ?? 0) % 180 !== 0;
  // The processor backend flips before it turns, the graphics one after.
  const isSwapped = getShouldUseCPURendering() && isOnSide;
  viewport.setCamera(
    (axis === 'horizontal') !== isSwapped
      ? { flipHorizontal: !flipHorizontal }
      : { flipVertical: !flipVertical },
  );
}

/** Zooms so that the image under `around` (default: the middle of the view) stays put. */
export function zoomAround(viewport: Panned, factor: number, around?: CanvasPoint): void {
  const { clientWidth, clientHeight } = viewport.element;
  const spot: Types.Point2 = around ? [around[0], around[1]] : [clientWidth / 2, clientHeight / 2];
  const held = viewport.canvasToWorld(spot);
  const { parallelScale, scale } = viewport.getCamera();
  if (getShouldUseCPURendering()) viewport.setCamera({ scale: (scale ?? 1) * factor });
  else viewport.setCamera({ parallelScale: (parallelScale ?? 1) / factor });
  const slipped = viewport.canvasToWorld(spot);
  const { focalPoint, position } = viewport.getCamera();
  if (!focalPoint || !position) return;
  const moved = (point: Types.Point3) =>
    point.map((value, axis) => value + (held[axis] ?? 0) - (slipped[axis] ?? 0)) as Types.Point3;
  viewport.setCamera({ focalPoint: moved(focalPoint), position: moved(position) });
}

/** What a viewport looks at: the place in its middle, and CSS pixels per millimetre. */
export interface Gaze {
  readonly place: PatientPoint;
  readonly pixelsPerMillimetre: number;
}

const millimetresPerPixel = ({ row, column }: Frame['plane']['spacing']): number =>
  Math.sqrt(row * column);

export function gazeOf(
  affine: Affine,
  frame: Frame,
  size: { readonly width: number; readonly height: number },
): Gaze {
  const middle = toImage(affine, canvasPoint(size.width / 2, size.height / 2));
  return {
    place: imageToPatient(frame.plane, middle),
    pixelsPerMillimetre: scaleOf(affine) / millimetresPerPixel(frame.plane.spacing),
  };
}

/** Zooms and pans so that the viewport looks at the same place as another does. */
export function lookAt(viewport: Types.IStackViewport, frame: Frame, gaze: Gaze): void {
  const before = affineOf(viewport, frame);
  if (!before) return;
  const now = scaleOf(before) / millimetresPerPixel(frame.plane.spacing);
  zoomAround(viewport, gaze.pixelsPerMillimetre / now);
  const affine = affineOf(viewport, frame);
  if (affine) bringToMiddle(viewport, toCanvas(affine, patientToImage(frame.plane, gaze.place)));
}

/** Moves what is on screen by so many CSS pixels. */
export function panBy(viewport: Panned, [x, y]: CanvasPoint): void {
  const { clientWidth, clientHeight } = viewport.element;
  bringToMiddle(viewport, canvasPoint(clientWidth / 2 - x, clientHeight / 2 - y));
}

type Panned = Types.IStackViewport | Types.IVolumeViewport;

function bringToMiddle(viewport: Panned, spot: CanvasPoint): void {
  const { clientWidth, clientHeight } = viewport.element;
  const there = viewport.canvasToWorld([spot[0], spot[1]]);
  const middle = viewport.canvasToWorld([clientWidth / 2, clientHeight / 2]);
  const { focalPoint, position } = viewport.getCamera();
  if (!focalPoint || !position) return;
  const moved = (point: Types.Point3) =>
    point.map((value, axis) => value + (there[axis] ?? 0) - (middle[axis] ?? 0)) as Types.Point3;
  viewport.setCamera({ focalPoint: moved(focalPoint), position: moved(position) });
}

/** True while the whole image is shown as large as it fits, as nobody has moved it. */
export function isFitted(viewport: Types.IStackViewport): boolean {
  const [x, y] = viewport.getPan();
  return Math.abs(viewport.getZoom() - 1) < 1e-3 && Math.hypot(x, y) < 1;
}

/**
 * Where the frame lies on screen. The processor backend measures from the corner of the first
 * pixel, the graphics one from its centre: half a pixel that must not reach a mark.
 */
export function affineOf(viewport: Types.IStackViewport, frame: Frame | undefined): Affine | null {
  if (!frame || !viewport.getImageData()) return null;
  const place = (x: number, y: number) => {
    const world = getShouldUseCPURendering()
      ? indexToPatient(frame.plane, [x, y])
      : imageToPatient(frame.plane, imagePoint(x, y));
    return viewport.worldToCanvas([world[0], world[1], world[2]]);
  };
  const affine = affineFrom(place(0, 0), place(1, 0), place(0, 1));
  const isSound = Object.values(affine).every(Number.isFinite);
  return isSound && affine.a * affine.d !== affine.b * affine.c ? affine : null;
}
