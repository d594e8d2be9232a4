/** Draws an overlay for one cut after another; what belongs to another cut is never on screen. */
import { type Affine, toCanvas, toImage } from '../geometry/affine';
import type { Picture } from '../geometry/cutThrough';
import { toLattice } from '../geometry/lattice';
import { type ImagePlane, imageToPatient, patientToImage } from '../geometry/plane';
import { resample, type Voxels } from '../geometry/resample';
import { canvasPoint, type ImageSize } from '../geometry/units';
import { type ColourMap, colour, type Ends } from './colourMaps';
import { inPieces } from './pieces';

/** How long one piece of the work lasts. */
const PIECE_MS = 6;

/** What is to be seen: the cut, where it is on screen, and in which colours. */
export interface Wanted {
  /** The same for views of the same cut, moved and zoomed as they may be. */
  readonly cut: string;
  readonly plane: ImagePlane;
  readonly affine: Affine;
  readonly voxels: Voxels;
  /** Slices in memory: more of them make another picture. */
  readonly loaded: number;
  readonly map: ColourMap;
  readonly ends: Ends;
}

interface Painted {
  readonly wanted: Wanted;
  readonly picture: Picture;
  readonly values: Float32Array;
}

export interface OverlayPainter {
  /** This cut comes on screen: a picture of any other one is hidden at once. */
  expect(cut: string): void;
  show(wanted: Wanted): void;
  destroy(): void;
}

/** CSS pixels of what the canvas lies on; its own size is that of the picture it holds. */
export const screenSize = ({ parentElement }: HTMLCanvasElement): ImageSize => ({
  columns: parentElement?.clientWidth ?? 0,
  rows: parentElement?.clientHeight ?? 0,
});

/** The screen as a picture in the patient, one pixel for each CSS pixel. */
export function screenOf(
  { plane, affine }: Pick<Wanted, 'plane' | 'affine'>,
  size: ImageSize,
): Picture {
  const place = (x: number, y: number) => imageToPatient(plane, toImage(affine, canvasPoint(x, y)));
  return { size, corner: place(0, 0), right: place(1, 0), down: place(0, 1) };
}

/** Where the pixels of a picture lie on another view of the same cut, as CSS writes a matrix. */
export function movedTo({ plane, affine }: Wanted, { corner, right, down }: Picture): number[] {
  const [x, y] = toCanvas(affine, patientToImage(plane, corner));
  const [a, b] = toCanvas(affine, patientToImage(plane, right));
  const [c, d] = toCanvas(affine, patientToImage(plane, down));
  return [a - x, b - y, c - x, d - y, x, y];
}

const isSameView = (one: Wanted, other: Wanted): boolean =>
  one.cut === other.cut &&
  one.affine === other.affine &&
  one.voxels === other.voxels &&
  one.loaded === other.loaded;

/** Whether every slice that the picture passes through is in memory. */
export function isComplete(
  { lattice, slices }: Voxels,
  { size, corner, right, down }: Picture,
): boolean {
  const from = toLattice(lattice, corner)[2];
  const across = (toLattice(lattice, right)[2] - from) * size.columns;
  const along = (toLattice(lattice, down)[2] - from) * size.rows;
  const heights = [from, from + across, from + along, from + across + along];
  const low = Math.max(0, Math.floor(Math.min(...heights) + SAME));
  const high = Math.min(slices.length - 1, Math.ceil(Math.max(...heights) - SAME));
  for (let index = low; index <= high; index += 1) if (!slices[index]) return false;
  return true;
}

/** Rounding is all that is between two heights, in slices. */
const SAME = 1e-6;

export function createOverlayPainter(canvas: HTMLCanvasElement): OverlayPainter {
  let expected: string | null = null;
  let latest: Wanted | null = null;
  let painted: Painted | null = null;

  const place = () => {
    const isHere = painted !== null && latest !== null && painted.wanted.cut === expected;
    canvas.style.visibility = isHere ? 'visible' : 'hidden';
    canvas.dataset.cut = isHere ? (expected ?? '') : '';
    if (!isHere || !painted || !latest || latest.cut !== painted.wanted.cut) return;
    canvas.style.transform = `matrix(${movedTo(latest, painted.picture).join()})`;
  };
  const paint = async (wanted: Wanted) => {
    const isOver = () => latest !== wanted;
    // A hand that goes on scrolling is not held up by slices it only passes.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (isOver()) return;
    const size = screenSize(canvas);
    if (size.columns === 0 || size.rows === 0) return;
    const isKnown =
      painted !== null &&
      isSameView(painted.wanted, wanted) &&
      painted.picture.size.columns === size.columns &&
      painted.picture.size.rows === size.rows;
    const known = isKnown ? painted : null;
    const picture = known?.picture ?? screenOf(wanted, size);
    const values = known?.values ?? new Float32Array(size.columns * size.rows);
    if (!known) await inPieces(resample(wanted.voxels, picture, values), PIECE_MS, isOver);
    if (isOver()) return;
    const image = new ImageData(picture.size.columns, picture.size.rows);
    await inPieces(colour(values, wanted.map, wanted.ends, image.data), PIECE_MS, isOver);
    if (isOver()) return;
    Object.assign(canvas, { width: image.width, height: image.height });
    Object.assign(canvas.style, { width: `${image.width}px`, height: `${image.height}px` });
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    painted = { wanted, picture, values };
    place();
  };
  return {
    expect(cut) {
      if (cut === expected) return;
      expected = cut;
      place();
    },
    show(wanted) {
      latest = wanted;
      if (expected === null) expected = wanted.cut;
      if (painted?.wanted.voxels !== wanted.voxels) painted = null;
      place();
      void paint(wanted);
    },
    destroy() {
      latest = null;
      painted = null;
    },
  };
}
