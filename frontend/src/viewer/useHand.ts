/** Feeds pointer and keys into the drawing machine and hands its outcomes on. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Affine, scaleOf, toImage } from '../geometry/affine';
import { canvasPoint, type ImagePoint, type ImageSize, type PixelSpacing } from '../geometry/units';
import { pressAction } from '../ui/mouseMap';
import { type Drawing, type Hand, IDLE, type Outcome, type Surroundings, step } from './drawing';
import { hitAt, type Mark } from './marks';
import type { MarkKind } from './shapes';
import { createWirePull, type RunningPull, type SnapImage } from './wirePull';

/** CSS pixels: how near a handle or an outline must be, and what makes a drag out of a click. */
const REACH = { mouse: 8, pen: 12, touch: 22 } as Readonly<Record<string, number>> & {
  readonly mouse: number;
};
const SLOP = 4;
const TRACE_TOLERANCE = 0.75;

export interface HandProps {
  readonly affine: Affine | null;
  readonly size: ImageSize;
  /** Shape of the pixels. */
  readonly grid: PixelSpacing;
  readonly tool: MarkKind | null;
  /** The image a line snaps to; null draws lines as the hand does. */
  readonly snapsTo: (() => SnapImage | null) | null;
  /** The marks that can be touched: those on this frame that are not hidden. */
  readonly marks: readonly Mark[];
  readonly selectedId: string | null;
  readonly isReadOnly: boolean;
  readonly onOutcome: (outcome: Outcome) => void;
}

const KEYS: Readonly<Record<string, Hand>> = {
  Enter: { type: 'finish' },
  Escape: { type: 'cancel' },
  Backspace: { type: 'back' },
};

/** The state of the drawing on `layer`, which must lie exactly over the viewport. */
export function useHand(layer: RefObject<SVGSVGElement | null>, props: HandProps): Drawing {
  const [drawing, setDrawing] = useState<Drawing>(IDLE);
  const now = useRef({ drawing, props });
  now.current.props = props;

  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    let isTaken = false;
    let button = 0;
    let pull: RunningPull | null = null;
    let pointed: ImagePoint | null = null;

    /** One outline, one wire. */
    const pullFor = (hand: Hand, scale: number): RunningPull | null => {
      const image = hand.type === 'press' && hand.tool && now.current.props.snapsTo?.();
      if (now.current.drawing.at !== 'idle' || !image) return pull;
      return createWirePull(image, scale, () => {
        element.dataset.wire = pull?.isReady() ? 'ready' : 'searching';
        if (pointed && now.current.drawing.at === 'outlining')
          feed({ type: 'move', point: pointed });
      });
    };
    const follow = (next: Drawing) => {
      const last = next.at === 'outlining' && next.wire && next.points[next.points.length - 1];
      if (last) pull?.aim(last);
      else {
        pull?.stop();
        pull = null;
        delete element.dataset.wire;
      }
    };
    const feed = (hand: Hand) => {
      const { affine, marks, size, grid, onOutcome } = now.current.props;
      const scale = affine ? scaleOf(affine) : 1;
      pull = pullFor(hand, scale);
      const around: Surroundings = {
        marks,
        size,
        grid,
        slop: SLOP / scale,
        traceTolerance: TRACE_TOLERANCE / scale,
        ...(pull ? { wire: pull } : {}),
      };
      const next = step(now.current.drawing, hand, around);
      now.current.drawing = next.drawing;
      setDrawing(next.drawing);
      follow(next.drawing);
      if (next.outcome) onOutcome(next.outcome);
    };

    const pointOf = (event: PointerEvent) => {
      const { affine } = now.current.props;
      const frame = element.getBoundingClientRect();
      return (
        affine &&
        toImage(affine, canvasPoint(event.clientX - frame.left, event.clientY - frame.top))
      );
    };

    const onDown = (event: PointerEvent) => {
      const point = pointOf(event);
      const { affine, marks, selectedId, tool, isReadOnly } = now.current.props;
      isTaken = false;
      if (!point || !affine || pressAction(event) !== 'tool') return;
      button = event.button;
      const isFresh = now.current.drawing.at === 'idle';
      const reach = (REACH[event.pointerType] ?? REACH.mouse) / scaleOf(affine);
      const hit = isFresh ? hitAt(marks, point, reach, selectedId) : null;
      if (!hit && !tool) return feed({ type: 'press', point, tool: null, hit: null });
      if (isReadOnly)
        return hit ? now.current.props.onOutcome({ type: 'selected', id: hit.id }) : undefined;
      isTaken = true;
      element.setPointerCapture(event.pointerId);
      feed({ type: 'press', point, tool, hit, isTakingOut: event.altKey });
    };
    const onMove = (event: PointerEvent) => {
      const point = pointOf(event);
      pointed = point;
      if (point && now.current.drawing.at !== 'idle') feed({ type: 'move', point });
    };
    const onUp = (event: PointerEvent) => {
      const point = pointOf(event);
      if (point && event.button === button && isTaken) feed({ type: 'release', point });
    };
    const onLost = () => {
      if (now.current.drawing.at === 'moving') feed({ type: 'cancel' });
    };
    // The viewport underneath listens to mouse and touch; it must not pan while a mark is drawn.
    const keepFromViewport = (event: Event) => {
      if (isTaken && (!(event instanceof MouseEvent) || event.button === button))
        event.stopPropagation();
    };
    const onKey = (event: KeyboardEvent) => {
      const hand = KEYS[event.key];
      if (!hand || now.current.drawing.at === 'idle') return;
      event.preventDefault();
      event.stopImmediatePropagation();
      feed(hand);
    };

    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener('pointerdown', onDown, { signal });
    element.addEventListener('pointermove', onMove, { signal });
    element.addEventListener('pointerup', onUp, { signal });
    element.addEventListener('pointercancel', onLost, { signal });
    for (const name of ['mousedown', 'touchstart', 'dblclick'])
      element.addEventListener(name, keepFromViewport, { signal });
    window.addEventListener('keydown', onKey, { signal, capture: true });
    return () => {
      stop.abort();
      pull?.stop();
    };
  }, [layer]);

  // Another tool or another frame ends what was half drawn.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the three are the reasons to end it
  useEffect(() => {
    now.current.drawing = IDLE;
    setDrawing(IDLE);
  }, [props.tool, props.size, props.isReadOnly]);

  return drawing;
}
