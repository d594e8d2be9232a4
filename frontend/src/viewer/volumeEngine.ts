/** One plane through a volume on one element. */
import { Enums, getRenderingEngine, type Types } from '@cornerstonejs/core';
import { type Affine, affineFrom, isSameAffine } from '../geometry/affine';
import { dot, type ImagePlane, imageToPatient, type Vector } from '../geometry/plane';
import {
  asImagePlane,
  movedAlong,
  type PlaneAxes,
  type PlaneName,
  type Planes,
  rightOf,
} from '../geometry/planes';
import { type CanvasPoint, imagePoint, type PatientPoint, patientPoint } from '../geometry/units';
import { panBy, zoomAround } from './camera';
import { ENGINE_ID, renderingEngine } from './cornerstone';
import type { GreyWindow } from './frameFacts';
import { rangeToWindow, windowToRange } from './greyWindows';
import type { LoadedVolume } from './volume';

export type SlabMode = 'maximum' | 'minimum' | 'average';

export interface Slab {
  readonly mode: SlabMode;
  /** 0 is a thin cut. */
  readonly thickness_mm: number;
}

/** A plane as it is on screen: as if it were an image of 1 mm pixels. */
export interface PlaneView {
  readonly plane: ImagePlane;
  readonly affine: Affine;
  readonly window: GreyWindow | null;
  readonly isInverted: boolean;
}

export interface PlaneEngine {
  setPlanes(planes: Planes): void;
  setSlab(slab: Slab): void;
  setWindow(window: GreyWindow): void;
  invert(): void;
  fit(): void;
  /** Zooms by a factor so that the picture under `around` (default: the middle) stays put. */
  zoom(factor: number, around?: CanvasPoint): void;
  /** Moves the picture by so many CSS pixels. */
  pan(by: CanvasPoint): void;
  render(): void;
  destroy(): void;
}

export interface PlaneEvents {
  readonly onView: (view: PlaneView) => void;
}

const BLENDS: Readonly<Record<SlabMode, Enums.BlendModes>> = {
  maximum: Enums.BlendModes.MAXIMUM_INTENSITY_BLEND,
  minimum: Enums.BlendModes.MINIMUM_INTENSITY_BLEND,
  average: Enums.BlendModes.AVERAGE_INTENSITY_BLEND,
};

/** A cut thinner than this is drawn as a plane. */
const THINNEST_SLAB_MM = 0.1;
/**
 * The value itself: composed, what is thinner than a step of the ray would be drawn as if seen
 * through, up to an eighth darker where slices are far apart.
 */
const THIN = Enums.BlendModes.MAXIMUM_INTENSITY_BLEND;

const SIGHT = ['viewPlaneNormal', 'viewUp', 'focalPoint', 'position'] as const;
type Sight = Readonly<Record<(typeof SIGHT)[number], Types.Point3>>;

let count = 0;

const isSameView = (one: PlaneView, other: PlaneView): boolean =>
  isSameAffine(one.affine, other.affine) &&
  one.window?.center === other.window?.center &&
  one.window?.width === other.window?.width &&
  one.isInverted === other.isInverted &&
  (['origin', 'rowDirection', 'columnDirection'] as const).every(
    (part) => Math.hypot(...minus(one.plane[part], other.plane[part])) < 1e-9,
  );

const vectorOf = (point: Types.Point3 | undefined): Vector => point ?? [0, 0, 0];
const placeOf = (point: Types.Point3 | undefined): PatientPoint => patientPoint(...vectorOf(point));
const minus = (one: Vector | PatientPoint, other: Vector | PatientPoint): Vector => [
  one[0] - other[0],
  one[1] - other[1],
  one[2] - other[2],
];
const mutable = (vector: Vector | PatientPoint): Types.Point3 => [vector[0], vector[1], vector[2]];

/** Raises: what the graphics layer refuses with. */
export async function createPlaneEngine(
  element: HTMLDivElement,
  volume: LoadedVolume,
  name: PlaneName,
  start: { readonly planes: Planes; readonly window: GreyWindow; readonly slab: Slab },
  events: PlaneEvents,
): Promise<PlaneEngine> {
  const rendering = await renderingEngine();
  count += 1;
  const viewportId = `plane-${count}`;
  const { normal, up } = start.planes.axes[name];
  rendering.enableElement({
    viewportId,
    type: Enums.ViewportType.ORTHOGRAPHIC,
    element,
    defaultOptions: {
      background: [0, 0, 0],
      orientation: { viewPlaneNormal: mutable(normal), viewUp: mutable(up) },
    },
  });
  element.removeAttribute('tabindex');
  const viewport = rendering.getViewport(viewportId) as Types.IVolumeViewport;
  await viewport.setVolumes([{ volumeId: volume.volumeId }]);
  const engine = planeOn(element, viewport, name, start.planes, events);
  engine.setSlab(start.slab);
  engine.setWindow(start.window);
  engine.setPlanes(start.planes);
  return engine;
}

function planeOn(
  element: HTMLDivElement,
  viewport: Types.IVolumeViewport,
  name: PlaneName,
  planes: Planes,
  events: PlaneEvents,
): PlaneEngine {
  let shown = planes;
  let isInverted = false;
  let isMoving = false;

  let told: PlaneView | null = null;

  const report = () => {
    const view = viewOf(viewport, shown.axes[name], isInverted);
    // Drawn anew because slices came, it is the same view: nothing over it has to follow.
    if (!view || (told && isSameView(told, view))) return;
    told = view;
    events.onView(view);
  };
  const redrawAfter = (change: () => void) => {
    isMoving = true;
    change();
    isMoving = false;
    viewport.render();
    report();
  };
  const onChange = () => {
    if (!isMoving) report();
  };
  const stopWatching = watch(element, onChange, () => {
    getRenderingEngine(ENGINE_ID)?.resize(true, true);
    report();
  });
  return {
    setPlanes(next) {
      const before = shown.axes[name];
      shown = next;
      const sight = aimedAt(viewport, before, next.axes[name], next.centre);
      // Moved within itself it is the same cut: only its crosshair goes elsewhere.
      if (!isSameSight(viewport.getCamera(), sight)) redrawAfter(() => viewport.setCamera(sight));
    },
    setSlab: ({ mode, thickness_mm }) =>
      redrawAfter(() => {
        viewport.setBlendMode(thickness_mm > THINNEST_SLAB_MM ? BLENDS[mode] : THIN);
        if (thickness_mm > THINNEST_SLAB_MM) viewport.setSlabThickness(thickness_mm);
        else viewport.resetSlabThickness();
      }),
    setWindow: (window) =>
      redrawAfter(() => viewport.setProperties({ voiRange: windowToRange(window) })),
    invert: () =>
      redrawAfter(() => {
        isInverted = !isInverted;
        viewport.setProperties({ invert: isInverted });
      }),
    fit: () =>
      redrawAfter(() => {
        viewport.resetCamera({ resetOrientation: false });
        const axes = shown.axes[name];
        viewport.setCamera(aimedAt(viewport, axes, axes, shown.centre));
      }),
    zoom: (factor, around) => redrawAfter(() => zoomAround(viewport, factor, around)),
    pan: (by) => redrawAfter(() => panBy(viewport, by)),
    render: () => viewport.render(),
    destroy() {
      stopWatching();
      getRenderingEngine(ENGINE_ID)?.disableElement(viewport.id);
    },
  };
}

/** How a camera looks along the plane's normal, the middle of the screen staying where it was. */
function aimedAt(
  viewport: Types.IVolumeViewport,
  before: PlaneAxes,
  axes: PlaneAxes,
  centre: PatientPoint,
): Sight {
  const camera = viewport.getCamera();
  const away = minus(vectorOf(camera.focalPoint), centre);
  const across = dot(away, rightOf(before));
  const above = dot(away, before.up);
  const focalPoint = movedAlong(movedAlong(centre, rightOf(axes), across), axes.up, above);
  const reach = Math.hypot(...minus(vectorOf(camera.position), vectorOf(camera.focalPoint)));
  return {
    viewPlaneNormal: mutable(axes.normal),
    viewUp: mutable(axes.up),
    focalPoint: mutable(focalPoint),
    position: mutable(movedAlong(focalPoint, axes.normal, reach)),
  };
}

/** Millimetres, or shares of a direction, that no pixel shows. */
const UNSEEN = 1e-6;

const isSameSight = (camera: Types.ICamera, sight: Sight): boolean =>
  SIGHT.every((part) => Math.hypot(...minus(vectorOf(camera[part]), sight[part])) < UNSEEN);

function viewOf(
  viewport: Types.IVolumeViewport,
  axes: PlaneAxes,
  isInverted: boolean,
): PlaneView | null {
  const plane = asImagePlane(axes, placeOf(viewport.getCamera().focalPoint));
  const place = (x: number, y: number) =>
    viewport.worldToCanvas(mutable(imageToPatient(plane, imagePoint(x, y))));
  const affine = affineFrom(place(0, 0), place(1, 0), place(0, 1));
  if (!Object.values(affine).every(Number.isFinite) || affine.a === 0) return null;
  const range = viewport.getProperties()?.voiRange;
  return { plane, affine, window: range ? rangeToWindow(range) : null, isInverted };
}

function watch(element: HTMLDivElement, onChange: () => void, onResize: () => void): () => void {
  const changes = [
    Enums.Events.IMAGE_RENDERED,
    Enums.Events.CAMERA_MODIFIED,
    Enums.Events.VOI_MODIFIED,
  ];
  for (const name of changes) element.addEventListener(name, onChange);
  const observer = new ResizeObserver(onResize);
  observer.observe(element);
  return () => {
    for (const name of changes) element.removeEventListener(name, onChange);
    observer.disconnect();
  };
}
