/** What makes a rough mask a clean one: holes, islands, ragged borders. */
import { boxOf, copyMask, emptyMask, type Mask } from './mask';
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

/** The islands of a mask as lists of pixels, the largest first. */
export function islandsOf(mask: Mask): number[][] {
  const rest = copyMask(mask);
  const islands: number[][] = [];
  for (let seed = rest.data.indexOf(1); seed >= 0; seed = rest.data.indexOf(1, seed)) {
    const found = connected(rest, seed, (at) => rest.data[at] === 1);
    const island: number[] = [];
    found.forEach((isHere, at) => {
      if (!isHere) return;
      island.push(at);
      rest.data[at] = 0;
    });
    islands.push(island);
  }
  return islands.sort((one, other) => other.length - one.length);
}

/** Islands of at least so many pixels. */
export function withoutIslands(mask: Mask, smallest: number): Mask {
  const made = emptyMask(mask.size);
  for (const island of islandsOf(mask))
    if (island.length >= smallest) for (const at of island) made.data[at] = 1;
  return made;
}

/** The largest island alone. */
export const largestIsland = (mask: Mask): Mask =>
  withoutIslands(mask, Math.max(1, islandsOf(mask)[0]?.length ?? 1));

/** Each pixel becomes what most of the square of pixels around it is; the border repeats outwards. */
export function smooth(mask: Mask, reach = 1): Mask {
  const { columns, rows } = mask.size;
  const made = emptyMask(mask.size);
  const inside = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  const half = (2 * reach + 1) ** 2 / 2;
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      for (let y = -reach; y <= reach; y += 1)
        for (let x = -reach; x <= reach; x += 1)
          sum += mask.data[inside(row + y, rows) * columns + inside(column + x, columns)] ?? 0;
      made.data[row * columns + column] = sum > half ? 1 : 0;
    }
  return made;
}
