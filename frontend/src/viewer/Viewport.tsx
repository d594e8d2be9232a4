/** One stack of frames on screen: image, marks, heat map, corner text and what went wrong. */
import { type Ref, useCallback, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { toImage } from '../geometry/affine';
import { type ImagePlane, imageToPatient } from '../geometry/plane';
import { isOnImage } from '../geometry/points';
import { canvasPoint, type ImagePoint } from '../geometry/units';
import { CornerText } from './CornerText';
import { Crossings } from './Crossings';
import type { ColourMap } from './colourMaps';
import type { Outcome } from './drawing';
import { belongsTo, type Frame } from './frames';
import { HeatMap, type HeatMapSource } from './HeatMap';
import type { LoadProblem } from './loadProblem';
import { MarksLayer } from './MarksLayer';
import type { Mark, MarkStyle } from './marks';
import { LoadingNotice, ProblemNotice } from './Notice';
import type { NavigationTool } from './navigation';
import type { OverlayHandle, OverlaySource, OverlayValue } from './OverlayLayer';
import { type Pin, PinsLayer } from './PinsLayer';
import { PromptsLayer } from './PromptsLayer';
import { greyOfImage, statisticsOf } from './pixels';
import { isDrawingTool, type PromptTool } from './prompts';
import { type PromptsOfCase, promptsOn } from './promptsOn';
import { ReferenceLines } from './ReferenceLines';
import { SegmentsLayer } from './SegmentsLayer';
import { SliceColours } from './SliceColours';
import { seenOn } from './seenOn';
import type { PaintTool, SegmentLook } from './segments';
import { isMarkKind, type MarkKind, SQUARE } from './shapes';
import { shownStatistics, shownUnit, valueOn } from './shownValues';
import { measuringSpacing } from './sizeText';
import { crossingsOf, marksOn } from './spaceMarks';
import type { View } from './stackEngine';
import { useBreastHanging } from './useBreastHanging';
import { useCine } from './useCine';
import { useDrag } from './useDrag';
import { type SegmentsProps, useSegments } from './useSegments';
import { stateOf, useStackEngine } from './useStackEngine';
import { useTouch } from './useTouch';
import { useWheel } from './useWheel';
import { gazeIn, handleOf, type ViewportHandle } from './viewportHandle';
import './viewer.css';

export type ViewportTool =
  | NavigationTool
  | 'crosshair'
  | MarkKind
  | 'livewire'
  | PaintTool
  | PromptTool;

/** What lies under the pointer: one grey value, or red, green and blue. */
export interface Hover {
  readonly point: ImagePoint;
  readonly values: readonly number[];
  readonly unit: string;
  /** What is laid over the image has there. */
  readonly overlay?: OverlayValue | null;
}

export type { ViewportHandle };

export interface ViewportProps extends SegmentsProps {
  readonly frames: readonly Frame[];
  readonly firstIndex?: number;
  readonly tool: ViewportTool;
  readonly marks: readonly Mark[];
  readonly selectedId: string | null;
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly activeStyle: MarkStyle;
  readonly areMarksShown: boolean;
  readonly isTextShown: boolean;
  readonly isReadOnly: boolean;
  readonly heatMap: HeatMapSource | null;
  readonly segmentLook: SegmentLook;
  /** Frames on screen elsewhere: where they cut this image is drawn as a line. */
  readonly others?: readonly Frame[];
  readonly pins?: readonly Pin[];
  readonly onPin?: (id: string) => void;
  /** Plays the stack at this rate; null or absent stands still. */
  readonly framesPerSecond?: number | null;
  readonly prompts?: PromptsOfCase | null;
  /** Another series laid over this one. */
  readonly overlay?: OverlaySource | null;
  /** Colours in place of the grey; null or absent leaves it grey. */
  readonly colours?: ColourMap | null;
  /** `cut` is the plane through the series it happened on; absent on the frame itself. */
  readonly onOutcome: (outcome: Outcome, frame: Frame, cut?: ImagePlane) => void;
  readonly onView: (view: View) => void;
  readonly onShown: (index: number) => void;
  readonly onHover: (hover: Hover | null) => void;
  readonly onProblem?: (problem: LoadProblem | null) => void;
  readonly ref?: Ref<ViewportHandle>;
}

/** The kind of mark a tool makes: a live wire makes outlines; null where it makes none. */
export const kindMadeBy = (tool: ViewportTool): MarkKind | null =>
  tool === 'livewire' ? 'polygon' : isMarkKind(tool) ? tool : null;

/** What the left button does to the image; null where the tool does something else. */
export const navigationOf = (tool: ViewportTool): NavigationTool | null =>
  tool === 'crosshair' || tool === 'livewire' || isDrawingTool(tool) ? null : tool;

export const isMarkTool = (tool: ViewportTool): boolean => kindMadeBy(tool) !== null;

const NO_SIZE = { columns: 0, rows: 0 };
export function Viewport(props: ViewportProps) {
  const { frames, tool, marks, heatMap, areMarksShown } = props;
  const stage = useRef<HTMLDivElement>(null);
  const overlay = useRef<OverlayHandle>(null);
  const { engine, view, isLoading, problem, retry } = useStackEngine(stage, {
    ...props,
    onWanted: (index) => overlay.current?.expect(String(index)),
  });
  const frame = frames[view.index];
  useWheel(stage, engine, frames.length);
  const moved = engine && {
    count: frames.length,
    page: engine.page,
    pan: engine.pan,
    zoom: engine.zoom,
    window: () => view.window,
    setWindow: engine.setWindow,
  };
  useTouch(stage, moved);
  useDrag(stage, moved, tool === 'crosshair' ? 'scroll' : navigationOf(tool));
  useCine(engine, props.framesPerSecond ?? null, { index: view.index, count: frames.length });
  useImperativeHandle(
    props.ref,
    () => handleOf(engine, retry, (seen) => gazeIn(stage.current, frames, seen)),
    [engine, retry, frames],
  );
  useBreastHanging(engine, props.others);
  const [isHovered, setHovered] = useState(false);

  const here = useMemo(
    () =>
      frame && areMarksShown
        ? [
            ...marks.filter((mark) => !mark.inSpace && belongsTo(frame, mark)),
            ...marksOn(marks, seenOn(frame, frames)),
          ]
        : [],
    [marks, frame, frames, areMarksShown],
  );
  const crossings = useMemo(
    () => (frame && areMarksShown ? crossingsOf(marks, seenOn(frame, frames)) : []),
    [marks, frame, frames, areMarksShown],
  );
  const segments = useSegments(props, frames, view.index);
  const isPartial = view.isPartial === true;
  const statistics = useCallback(
    (ring: readonly ImagePoint[]) => {
      const image = isPartial ? undefined : engine?.currentImage();
      return image && frame ? shownStatistics(frame, statisticsOf(image, ring)) : null;
    },
    [engine, frame, isPartial],
  );

  const greyHere = useCallback(() => {
    const image = engine?.currentImage();
    return image ? { image: greyOfImage(image), pitch: 1 } : null;
  }, [engine]);

  const hover = (event: React.PointerEvent) => {
    // While a brush paints the value under it is not asked for: every frame counts.
    if (event.buttons !== 0 && segments.painting) return;
    const image = engine?.currentImage();
    if (!image || !frame || !view.affine || !stage.current) return;
    const edge = stage.current.getBoundingClientRect();
    const place = canvasPoint(event.clientX - edge.left, event.clientY - edge.top);
    const point = toImage(view.affine, place);
    const isInside = isOnImage(point, frame.size);
    if (isInside) {
      const over = overlay.current?.valueAt(imageToPatient(frame.plane, point)) ?? null;
      props.onHover({ point, ...valueOn(frame, image, point), overlay: over });
    } else if (isHovered) props.onHover(null);
    setHovered(isInside);
  };

  return (
    <div className="viewer" data-shown={view.index} data-state={stateOf(problem, isLoading, view)}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the value under the pointer is an extra */}
      <div
        ref={stage}
        className="viewer-stage"
        onPointerMove={hover}
        onPointerLeave={() => props.onHover(null)}
        onContextMenu={(event) => event.preventDefault()}
      >
        {frame && <SliceColours {...props} ref={overlay} stage={stage} frame={frame} view={view} />}
        {frame && view.affine && heatMap && belongsTo(frame, heatMap) && (
          <HeatMap source={heatMap} affine={view.affine} size={frame.size} />
        )}
        {frame && view.affine && props.others && (
          <ReferenceLines affine={view.affine} frame={frame} others={props.others} />
        )}
        <SegmentsLayer
          affine={view.affine}
          size={frame?.size ?? NO_SIZE}
          index={view.index}
          segments={segments.here}
          styleOf={props.styleOf}
          look={props.segmentLook}
          paint={segments.painting}
        />
        <MarksLayer
          affine={view.affine}
          size={frame?.size ?? NO_SIZE}
          grid={frame?.plane.spacing ?? SQUARE}
          spacing={measuringSpacing(frame)}
          unit={frame ? shownUnit(frame) : ''}
          statisticsOf={statistics}
          marks={here}
          styleOf={props.styleOf}
          tool={kindMadeBy(tool)}
          snapsTo={tool === 'livewire' ? greyHere : null}
          activeStyle={props.activeStyle}
          selectedId={props.selectedId}
          isReadOnly={props.isReadOnly}
          onOutcome={(outcome) => frame && props.onOutcome(outcome, frame)}
        />
        {frame && props.prompts && (
          <PromptsLayer affine={view.affine} size={frame.size} {...promptsOn(frame, props)} />
        )}
        {view.affine && (
          <Crossings affine={view.affine} crossings={crossings} styleOf={props.styleOf} />
        )}
        {view.affine && areMarksShown && props.pins && (
          <PinsLayer
            affine={view.affine}
            pins={props.pins.filter((pin) => belongsTo(frame, pin))}
            arePressable={!isDrawingTool(tool)}
            onPress={(id) => props.onPin?.(id)}
          />
        )}
        {frame && (
          <CornerText view={view} frame={frame} count={frames.length} isShown={props.isTextShown} />
        )}
      </div>
      {problem ? (
        <ProblemNotice problem={problem} onRetry={retry} />
      ) : (
        isLoading && <LoadingNotice isFirst={view.affine === null} />
      )}
    </div>
  );
}
