/** What is drawn over images is drawn on canvases of the screen's own pixels. */
import type { Affine } from '../geometry/affine';
import type { Picture } from './pictures';

/** Pixels of the screen to one of CSS. */
const pixelRatio = (): number => window.devicePixelRatio || 1;

/**
 * What draws on a canvas, in pixels of CSS: emptied, and as large as it is shown. Null where
 * there is none. Asking for the size makes the browser lay out the page.
 */
export function emptied(canvas: HTMLCanvasElement | null): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d');
  if (!canvas || !context) return null;
  const [width, height] = [canvas.clientWidth * pixelRatio(), canvas.clientHeight * pixelRatio()];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(pixelRatio(), 0, 0, pixelRatio(), 0, 0);
  return context;
}

/**
 * Fills a mask with its colour and answers its outline, to be drawn in the pixels of CSS that the
 * context is left in: as wide however far the image is zoomed. `fill` of 0 to 1 is how much.
 */
export function outlineOf(
  context: CanvasRenderingContext2D,
  picture: Picture,
  { affine, fill }: { readonly affine: Affine; readonly fill: number },
): Path2D {
  const { a, b, c, d, e, f } = affine;
  const map = new DOMMatrix([a, b, c, d, e, f]);
  const scale = new DOMMatrix([pixelRatio(), 0, 0, pixelRatio(), 0, 0]);
  context.setTransform(scale.multiply(map));
  context.imageSmoothingEnabled = false;
  context.globalAlpha = fill;
  if (fill > 0) context.drawImage(picture.pixels, ...picture.at);
  context.globalAlpha = 1;
  const outline = new Path2D();
  outline.addPath(picture.border, map);
  context.setTransform(scale);
  return outline;
}
