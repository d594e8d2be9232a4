/** Masks as pictures: pixels of one colour and an outline along pixel edges. */
import { boxOf, eachEdge, type Mask, maskFrom, type Runs } from '../geometry/mask';
import type { ImageSize } from '../geometry/units';

/** A mask made ready to be drawn again and again while the view moves; only the box it fills. */
export interface Picture {
  readonly pixels: HTMLCanvasElement;
  readonly size: ImageSize;
  /** Where the first of those pixels lies on the frame. */
  readonly at: readonly [column: number, row: number];
  readonly border: Path2D;
}

const pictures = new WeakMap<Runs, { readonly colour: string; readonly picture: Picture }>();

const words = new Map<string, number>();

/** A colour as one opaque pixel of image data; read back once, because that waits for the GPU. */
function wordOf(colour: string): number {
  const known = words.get(colour);
  if (known !== undefined) return known;
  const pixel = document.createElement('canvas');
  [pixel.width, pixel.height] = [1, 1];
  const context = pixel.getContext('2d', { willReadFrequently: true });
  if (!context) return 0;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const word = new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
  words.set(colour, word);
  return word;
}

export function pictureOf(mask: Mask, colour: string, pixels: HTMLCanvasElement): Picture {
  const { left, top, right, bottom } = boxOf(mask) ?? { left: 0, top: 0, right: 1, bottom: 1 };
  const image = new ImageData(right - left, bottom - top);
  const shown = new Uint32Array(image.data.buffer);
  const word = wordOf(colour);
  for (let row = top; row < bottom; row += 1)
    for (let column = left; column < right; column += 1)
      if (mask.data[row * mask.size.columns + column])
        shown[(row - top) * image.width + column - left] = word;
  [pixels.width, pixels.height] = [image.width, image.height];
  // Kept where it is written: a mask changes at every move of the hand.
  pixels.getContext('2d', { willReadFrequently: true })?.putImageData(image, 0, 0);
  const border = new Path2D();
  eachEdge(mask, (x1, y1, x2, y2) => {
    border.moveTo(x1, y1);
    border.lineTo(x2, y2);
  });
  return { pixels, size: mask.size, at: [left, top], border };
}

export function keptPicture(runs: Runs, size: ImageSize, colour: string): Picture {
  const kept = pictures.get(runs);
  if (kept?.colour === colour && kept.picture.size.columns === size.columns) return kept.picture;
  const picture = pictureOf(maskFrom(runs, size), colour, document.createElement('canvas'));
  pictures.set(runs, { colour, picture });
  return picture;
}
