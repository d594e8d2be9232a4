/** One plane through a volume on screen: picture, crosshair, corner text and what went wrong. */
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { toImage } from '../geometry/affine';
import { type ImagePlane, imageToPatient } from '../geometry/plane';
import type { PlaneName, Planes } from '../geometry/planes';
import { type CanvasPoint, canvasPoint, type PatientPoint } from '../geometry/units';
import { CornerText } from './CornerText';
import { Crosshair } from './Crosshair';
import type { ColourMap } from './colourMaps';
import type { Outcome } from './drawing';
import type { Frame } from './frames';
import type { Mark, MarkStyle } from './marks';
import { LoadingNotice, ProblemNotice } from './Notice';
import type { NavigationTool } from './navigation';
import type { OverlayHandle, OverlaySource } from './OverlayLayer';
import { PlaneColours } from './PlaneColours';
import { PlaneMarks } from './PlaneMarks';
import { PlaneSegments } from './PlaneSegments';
import { PlaneText } from './PlaneText';
import { cutOf, frameFor, hoverAt, isAsAcquired, viewFor } from './planeView';
import type { PaintTool, SegmentLook } from './segments';
import type { MarkKind } from './shapes';
import type { View } from './stackEngine';
import { useDrag } from './useDrag';
import { usePlaneEngine } from './usePlaneEngine';
import { usePlanePaint } from './usePlanePaint';
import type { SegmentsProps } from './useSegments';
import { useTouch } from './useTouch';
import { useWheel } from './useWheel';
import type { Hover, ViewportHandle } from './Viewport';
import type { PlaneEngine, Slab } from './volumeEngine';
import { placeAt, scrollAt } from './volumeExtent';
import './viewer.css';

export interface PlaneViewportProps extends SegmentsProps {
  readonly frames: readonly Frame[];
  readonly name: PlaneName;
  readonly planes: Planes;
  readonly slab: Slab;
  /** The tool of the left button; null moves the crosshair. */
  readonly tool: NavigationTool | null;
  /** The tool that paints; null while another is in hand. */
  readonly paintTool: PaintTool | null;
  readonly areMarksShown: boolean;
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly segmentLook: SegmentLook;
  readonly marks: readonly Mark[];
  /** The kind of mark the tool draws; null while it draws none, or none that planes take. */
  readonly kind: MarkKind | null;
  /** Outlines go along edges, where the cut is thin. */
  readonly isSnapping: boolean;
  readonly activeStyle: MarkStyle;
  readonly selectedId: string | null;
  readonly isReadOnly: boolean;
  readonly onOutcome: (outcome: Outcome, frame: Frame, cut: ImagePlane) => void;
  readonly isTextShown: boolean;
  readonly onPlanes: (planes: Planes) => void;
  /** Another series laid over this one. */
  readonly overlay?: OverlaySource | null;
  /** Colours in place of the grey; null or absent leaves it grey. */
  readonly colours?: ColourMap | null;
  readonly onView: (view: View) => void;
  readonly onHover: (hover: Hover | null) => void;
  readonly ref?: Ref<ViewportHandle>;
}

export function PlaneViewport(props: PlaneViewportProps) {
  const { frames, name, planes, slab, tool, onPlanes } = props;
  const stage = useRef<HTMLDivElement>(null);
  const moveTo = (centre: PatientPoint) => onPlanes({ ...planes, centre });
  const overlay = useRef<OverlayHandle>(null);
  const { engine, view, problem, loaded, failed, retry } = usePlaneEngine(stage, {
    ...props,
    onAimed: (next) => overlay.current?.expect(cutOf(next)),
  });
  const painting = usePlanePaint(props, frames, view);
  const { normal } = planes.axes[name];
  const scroll = scrollAt(frames, normal, planes.centre);
  const show = (index: number) => moveTo(placeAt(frames, normal, planes.centre, index));
  const heading = useRef(scroll.index);
  heading.current = scroll.index;
  const page = (by: number) => {
    heading.current = Math.min(scroll.count - 1, Math.max(0, heading.current + by));
    show(heading.current);
  };
  const now = useRef({ show, page, engine, retry });
  now.current = { show, page, engine, retry };
  const [handle] = useState(() => handleTo(() => now.current));
  useImperativeHandle(props.ref, () => handle, [handle]);
  const [turner] = useState(() => ({
    page: handle.page,
    zoom: (factor: number, around?: CanvasPoint) => now.current.engine?.zoom(factor, around),
  }));
  useWheel(stage, turner, scroll.count);
  const moved = engine && {
    count: scroll.count,
    page,
    pan: engine.pan,
    zoom: engine.zoom,
    window: () => view?.window ?? null,
    setWindow: engine.setWindow,
  };
  useTouch(stage, moved);
  useDrag(stage, moved, tool);
  const report = useRef(props.onView);
  report.current = props.onView;
  useEffect(() => {
    if (view) report.current(viewFor(view, scroll.index));
  }, [view, scroll.index]);

  const hover = (event: React.PointerEvent) => {
    if (!view || !stage.current) return;
    const edge = stage.current.getBoundingClientRect();
    const spot = canvasPoint(event.clientX - edge.left, event.clientY - edge.top);
    const isThin = slab.thickness_mm === 0;
    const place = imageToPatient(view.plane, toImage(view.affine, spot));
    const found = isThin ? hoverAt(frames, place) : null;
    props.onHover(found && { ...found, overlay: overlay.current?.valueAt(place) ?? null });
  };
  const size = {
    width: stage.current?.clientWidth ?? 0,
    height: stage.current?.clientHeight ?? 0,
  };
  const state = problem ? 'problem' : view && engine ? 'shown' : 'loading';
  return (
    <div
      className="viewer"
      data-plane={name}
      data-state={state}
      data-shown={scroll.index}
      data-loaded={loaded}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the value under the pointer is an extra */}
      <div
        ref={stage}
        className="viewer-stage"
        onPointerMove={hover}
        onPointerLeave={() => props.onHover(null)}
        onContextMenu={(event) => event.preventDefault()}
      >
        {view && (
          <>
            <PlaneColours {...props} ref={overlay} stage={stage} view={view} />
            <Crosshair
              name={name}
              planes={planes}
              view={view}
              size={size}
              isHeld={tool === null && painting === null && props.kind === null}
              onPlanes={onPlanes}
            />
            <PlaneSegments
              frames={frames}
              view={view}
              segments={props.areMarksShown ? props.segments : NO_SEGMENTS}
              styleOf={props.styleOf}
              look={props.segmentLook}
              paint={painting}
            />
            <PlaneMarks {...props} view={view} />
            <CornerText
              view={viewFor(view, scroll.index)}
              frame={frameFor(view, frames)}
              count={scroll.count}
              isShown={props.isTextShown}
            />
            <PlaneText
              name={name}
              slab={slab}
              isInterpolated={!isAsAcquired(frames, planes, name)}
              loaded={loaded}
              failed={failed}
              count={frames.length}
            />
          </>
        )}
      </div>
      {problem ? (
        <ProblemNotice problem={problem} onRetry={retry} />
      ) : (
        state === 'loading' && <LoadingNotice isFirst />
      )}
    </div>
  );
}

interface Now {
  readonly show: (index: number) => void;
  readonly page: (by: number) => void;
  readonly engine: PlaneEngine | null;
  readonly retry: () => void;
}

/** One handle for as long as the plane is on screen: registered once, it acts on what is there. */
const handleTo = (now: () => Now): ViewportHandle => ({
  wanted: () => null,
  show: (index) => now().show(index),
  page: (by) => now().page(by),
  setWindow: (window) => window && now().engine?.setWindow(window),
  invert: () => now().engine?.invert(),
  reset: () => now().engine?.fit(),
  fit: () => now().engine?.fit(),
  rotate: () => undefined,
  flip: () => undefined,
  zoom: (factor) => now().engine?.zoom(factor),
  gaze: () => null,
  lookAt: () => undefined,
  retry: () => now().retry(),
});

const NO_SEGMENTS: SegmentsProps['segments'] = [];
