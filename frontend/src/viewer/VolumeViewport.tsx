/** A series in space on screen: the volume, segments as surfaces, and what must be known of both. */
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { lettersOf, oppositeLetters } from '../geometry/orientation';
import { rightOf } from '../geometry/planes';
import { t } from '../words/t';
import type { Frame } from './frames';
import type { MarkStyle } from './marks';
import { LoadingNotice, ProblemNotice } from './Notice';
import type { NavigationTool } from './navigation';
import { SpaceScissors } from './SpaceScissors';
import type { SegmentOnFrame } from './segments';
import { PER_PIXEL, useOrbit } from './useOrbit';
import type { SegmentsProps } from './useSegments';
import { useSurfaces } from './useSurfaces';
import { useTouch } from './useTouch';
import { useVolumeScene, type VolumeState } from './useVolumeScene';
import { useWheel } from './useWheel';
import type { ViewportHandle } from './viewportHandle';
import { orbited, zoomed } from './volumeCamera';
import './viewer.css';

export interface VolumeViewportProps extends SegmentsProps {
  readonly frames: readonly Frame[];
  readonly tool: NavigationTool | null;
  /** Which of the looks of the series, counted round and round. */
  readonly lookNumber: number;
  /** How much is seen of the volume, 0 (only segments) to 1. */
  readonly strength: number;
  /** Scissors are in hand. */
  readonly isCutting: boolean;
  readonly areMarksShown: boolean;
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly isTextShown: boolean;
  readonly ref?: Ref<ViewportHandle>;
}

/** Radians that a key turns. */
const STEP = Math.PI / 18;

const NONE: readonly SegmentOnFrame[] = [];

const IN_RADIANS = Math.PI / 180;

export default function VolumeViewport(props: VolumeViewportProps) {
  const { frames, tool, strength, areMarksShown, styleOf } = props;
  const stage = useRef<HTMLDivElement>(null);
  const state = useVolumeScene(stage, frames);
  const { scene, looks, orbit, problem, change, fit, redraw, retry } = state;
  const surfaces = useSurfaces(frames, areMarksShown ? props.segments : NONE);
  const look = looks[props.lookNumber % Math.max(1, looks.length)];
  useOrbit(stage, tool, change);

  const zoom = useRef({
    page: () => undefined,
    zoom: (factor: number) => change((now) => zoomed(now, factor)),
  });
  zoom.current.zoom = (factor) => change((now) => zoomed(now, factor));
  useWheel(stage, zoom.current, 1);
  useTouch(stage, {
    count: 1,
    page: () => undefined,
    pan: ([right, down]) => change((now) => orbited(now, right * PER_PIXEL, down * PER_PIXEL)),
    zoom: zoom.current.zoom,
    window: () => null,
    setWindow: () => undefined,
  });
  useImperativeHandle(
    props.ref,
    () => ({
      wanted: () => null,
      show: () => undefined,
      page: (by) => change((now) => orbited(now, 0, by * STEP)),
      setWindow: () => undefined,
      invert: () => undefined,
      reset: fit,
      fit,
      rotate: (degrees) => change((now) => orbited(now, degrees * IN_RADIANS, 0)),
      flip: () => undefined,
      zoom: (factor) => change((now) => zoomed(now, factor)),
      gaze: () => null,
      lookAt: () => undefined,
      retry,
    }),
    [change, fit, retry],
  );

  useEffect(() => {
    if (!scene || !look) return;
    scene.setLook(look, strength);
    redraw();
  }, [scene, look, strength, redraw]);
  useEffect(() => {
    if (!scene) return;
    const painted = surfaces.map(({ label_key, surface }) => ({
      key: label_key,
      colour: styleOf(label_key).colour,
      surface,
    }));
    scene.setSurfaces(painted);
    redraw();
  }, [scene, surfaces, styleOf, redraw]);

  return (
    <div
      className="viewer"
      data-volume={look?.id ?? ''}
      data-state={problem ? 'problem' : scene && orbit ? 'shown' : 'loading'}
      data-loaded={state.loaded}
      data-surfaces={surfaces.length}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: what is turned by mouse is turned by keys too */}
      <div
        ref={stage}
        className="viewer-stage"
        data-segments={surfaces.map(({ label_key }) => label_key).join(' ')}
        onContextMenu={(event) => event.preventDefault()}
      >
        {props.isCutting && orbit && !problem && <SpaceScissors {...props} orbit={orbit} />}
      </div>
      {orbit && !problem && (
        <VolumeText
          {...state}
          title={look?.title ?? ''}
          frames={frames}
          isShown={props.isTextShown}
        />
      )}
      {problem ? (
        <ProblemNotice problem={problem} onRetry={retry} />
      ) : (
        !scene && <LoadingNotice isFirst />
      )}
    </div>
  );
}

interface VolumeTextProps extends VolumeState {
  readonly title: string;
  readonly frames: readonly Frame[];
  readonly isShown: boolean;
}

/** Letters at the edges, and what keeps the picture from being the images themselves. */
function VolumeText({ orbit, reduced, title, frames, loaded, failed, isShown }: VolumeTextProps) {
  if (!orbit) return null;
  const [right, top] = [lettersOf(rightOf(orbit)), lettersOf(orbit.up)];
  const block = reduced?.block ?? [1, 1, 1];
  return (
    <div className="viewer-text" aria-hidden="true">
      <b className="viewer-edge viewer-edge-top">{top}</b>
      <b className="viewer-edge viewer-edge-right">{right}</b>
      <b className="viewer-edge viewer-edge-bottom">{oppositeLetters(top)}</b>
      <b className="viewer-edge viewer-edge-left">{oppositeLetters(right)}</b>
      <div className="viewer-corner viewer-corner-tl">
        {isShown && <span>3D · {title}</span>}
        {Math.max(...block) > 1 && (
          <span>{t('means of {block} voxels', { block: block.join(' × ') })}</span>
        )}
        {loaded + failed < frames.length && (
          <span className="viewer-warn">
            {t('partial: {loaded} of {count} slices', { loaded, count: frames.length })}
          </span>
        )}
        {failed > 0 && (
          <span className="viewer-warn">
            {t('{count, plural, one {# slice} other {# slices}} could not be loaded', {
              count: failed,
            })}
          </span>
        )}
        {frames[0]?.isLossy && <span className="viewer-warn">{t('lossy')}</span>}
      </div>
    </div>
  );
}
