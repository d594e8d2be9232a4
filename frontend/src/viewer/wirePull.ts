/** The live wire under a moving hand: searched in short pieces, so that the hand never waits. */
import { createWire, type GreyImage, snapped, type Wire } from '../geometry/livewire';
import { type ImagePoint, imagePoint } from '../geometry/units';

/** An image a line snaps to, which may have finer pixels than what is drawn on. */
export interface SnapImage {
  readonly image: GreyImage;
  /** What one pixel of it measures, in pixels of what is drawn on; both begin at one corner. */
  readonly pitch: number;
}

/** What a line that snaps to edges asks of the image. */
export interface WirePull {
  /** See `SnapImage`. */
  readonly pitch: number;
  /** The edge nearest to where the hand points. */
  snap(point: ImagePoint): ImagePoint;
  /**
   * From the last anchor (left out) to a place: along edges, straight where that is not known.
   * In a hurry it searches on for as long as a hand does not notice.
   */
  pathTo(place: ImagePoint, isInHurry: boolean): readonly ImagePoint[];
}

export interface RunningPull extends WirePull {
  /** The anchor to search from. */
  aim(anchor: ImagePoint): void;
  isReady(): boolean;
  stop(): void;
}

/** Squares around an anchor a path may reach; all of them take some 40 ms in all. */
const REACH = 160;

/** How long one piece of the search lasts, and how long a click may wait for it. */
const PIECE_MS = 6;
const HURRY_MS = 40;

const SQUARES = 400;

/** How far from the hand an edge is looked for: CSS pixels, and squares at most. */
const SNAP_CSS = 8;
const MOST_SNAP = 3;

/**
 * `scale` is CSS pixels per pixel of what is drawn on: where the image is shown smaller, the path steps over
 * squares of about a pixel on screen. `onProgress` is called after every piece of the search.
 */
export function createWirePull(
  { image, pitch }: SnapImage,
  scale: number,
  onProgress: () => void,
): RunningPull {
  const cell = Math.max(1, Math.floor(1 / (scale * pitch)));
  const snap = Math.min(MOST_SNAP, Math.max(1, Math.round(SNAP_CSS / (scale * pitch * cell))));
  const onImage = ([x, y]: ImagePoint) => imagePoint(x / pitch, y / pitch);
  const asDrawn = ([x, y]: ImagePoint) => imagePoint(x * pitch, y * pitch);
  let wire: Wire | null = null;
  let isReady = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const searchFor = (milliseconds: number, isEnough: () => boolean) => {
    const until = performance.now() + milliseconds;
    while (wire && !isReady && performance.now() < until && !isEnough())
      isReady = wire.advance(SQUARES);
  };
  const piece = () => {
    searchFor(PIECE_MS, () => false);
    if (!isReady) timer = setTimeout(piece, 0);
    onProgress();
  };
  return {
    pitch,
    snap: (point) => asDrawn(snapped(image, onImage(point), cell, snap)),
    pathTo(place, isInHurry) {
      const path = () => wire?.pathTo(onImage(place)) ?? null;
      if (isInHurry) searchFor(HURRY_MS, () => path() !== null);
      return path()?.map(asDrawn) ?? [place];
    },
    aim(anchor) {
      const place = onImage(anchor);
      if (wire && wire.anchor.join() === place.join()) return;
      clearTimeout(timer);
      wire = createWire(image, place, { cell, reach: REACH });
      isReady = false;
      timer = setTimeout(piece, 0);
    },
    isReady: () => isReady,
    stop: () => clearTimeout(timer),
  };
}
