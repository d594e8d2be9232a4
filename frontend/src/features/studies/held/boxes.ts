/** Boxes to black out, in pixels of the image: whole numbers, inside it, never empty. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Size {
  columns: number;
  rows: number;
}

/** The smallest whole box that covers both corners, cut to the image; null outside of it. */
export function boxBetween(
  from: { x: number; y: number },
  to: { x: number; y: number },
  size: Size,
): Box | null {
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x)));
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y)));
  const right = Math.min(size.columns, Math.ceil(Math.max(from.x, to.x)));
  const bottom = Math.min(size.rows, Math.ceil(Math.max(from.y, to.y)));
  if (right <= left || bottom <= top) return null;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The box moved as far as the image allows. */
export function moved(box: Box, dx: number, dy: number, size: Size): Box {
  return {
    ...box,
    x: clamp(box.x + dx, 0, size.columns - box.width),
    y: clamp(box.y + dy, 0, size.rows - box.height),
  };
}

/** The box with its lower right corner moved as far as the image allows. */
export function resized(box: Box, dx: number, dy: number, size: Size): Box {
  return {
    ...box,
    width: clamp(box.width + dx, 1, size.columns - box.x),
    height: clamp(box.height + dy, 1, size.rows - box.y),
  };
}

/** A box to begin with when there is no mouse: a line of text at the top. */
export function firstBox(size: Size): Box {
  const height = Math.max(1, Math.round(size.rows / 16));
  return { x: 0, y: 0, width: size.columns, height };
}

export function fromNumbers([x = 0, y = 0, width = 1, height = 1]: readonly number[]): Box {
  return { x, y, width, height };
}

export function toNumbers({ x, y, width, height }: Box): number[] {
  return [x, y, width, height];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
