/** Edits of a mask by itself: filling its holes, near what is inside. */
import { boxOf, emptyMask, type Mask } from './mask';
import { connected } from './paint';

/**
 * An edit that changes nothing farther than so many pixels from what is inside, done on that part
 * of the image alone: a small structure on a large image is edited at once.
 */
export function editNear(mask: Mask, reach: number, edit: (part: Mask) => Mask): Mask {
  const box = boxOf(mask);
  const made = emptyMask(mask.size);
  if (!box) return made;
  const { columns, rows } = mask.size;
  const [left, top] = [Math.max(0, box.left - reach), Math.max(0, box.top - reach)];
  const width = Math.min(columns, box.right + reach) - left;
  const height = Math.min(rows, box.bottom + reach) - top;
  const part = emptyMask({ columns: width, rows: height });
  const lineAt = (row: number) => (top + row) * columns + left;
  for (let row = 0; row < height; row += 1)
    part.data.set(mask.data.subarray(lineAt(row), lineAt(row) + width), row * width);
  const after = edit(part);
  for (let row = 0; row < height; row += 1)
    made.data.set(after.data.subarray(row * width, (row + 1) * width), lineAt(row));
  return made;
}

/** Everything outside that no path leads to from the border of the image becomes inside. */
export function fillHoles(mask: Mask): Mask {
  const { columns, rows } = mask.size;
  const reached = new Uint8Array(mask.data.length);
  const enter = (at: number) => {
    if (mask.data[at] || reached[at]) return;
    const found = connected(mask, at, (place) => !mask.data[place] && !reached[place]);
    for (let place = 0; place < found.length; place += 1) if (found[place]) reached[place] = 1;
  };
  for (let column = 0; column < columns; column += 1) {
    enter(column);
    enter((rows - 1) * columns + column);
  }
  for (let row = 0; row < rows; row += 1) {
    enter(row * columns);
    enter(row * columns + columns - 1);
  }
  return { size: mask.size, data: reached.map((outside) => 1 - outside) };
}
