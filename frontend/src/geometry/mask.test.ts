import { describe, expect, test } from 'vitest';
import { between, squaredDistances } from './distance';
import { margin } from './margins';
import {
  areaOf,
  borderOf,
  combine,
  emptyMask,
  type Mask,
  maskFrom,
  type Runs,
  runsOf,
} from './mask';
import { connected, cut, fill, stroke } from './paint';
import { smooth } from './smoothing';
import type { Solid } from './solid';
import { fillHoles } from './tidy';
import { imagePoint } from './units';

const SQUARE = { column: 1, row: 1 };
const HALF_WAY = { share: 0.5, onOne: [0, 0] as const, onOther: [0, 0] as const };

/** A mask drawn in text: `#` is inside. */
function drawn(...lines: string[]): Mask {
  const size = { columns: lines[0]?.length ?? 0, rows: lines.length };
  return { size, data: Uint8Array.from(lines.join(''), (sign) => (sign === '#' ? 1 : 0)) };
}

function shown({ size, data }: Mask): string[] {
  return Array.from({ length: size.rows }, (_, row) =>
    Array.from(data.slice(row * size.columns, (row + 1) * size.columns), (inside) =>
      inside ? '#' : '.',
    ).join(''),
  );
}

/** A mask after an edit of a stack of it alone. */
function edited(
  mask: Mask,
  edit: (solid: Solid) => Generator<number, readonly Runs[]>,
  pitch = SQUARE,
): Mask {
  const solid = { size: mask.size, pitch, heights_mm: [0], shifts: [], runs: [runsOf(mask)] };
  const computing = edit(solid);
  for (;;) {
    const step = computing.next();
    if (step.done) return maskFrom(step.value[0] ?? [], mask.size);
  }
}

/** The same noise every time. */
function noise(columns: number, rows: number, seed: number): Mask {
  let state = seed;
  const data = new Uint8Array(columns * rows).map(() => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648 < 0.4 ? 1 : 0;
  });
  return { size: { columns, rows }, data };
}

describe('run lengths', () => {
  test('of any mask lead back to it, in the one way there is to write it', () => {
    for (let seed = 1; seed < 60; seed += 1) {
      const mask = noise(1 + (seed % 13), 1 + (seed % 7), seed);
      const runs = runsOf(mask);
      expect(maskFrom(runs, mask.size)).toEqual(mask);
      expect(runs.slice(1).every((count) => count > 0)).toBe(true);
      expect(areaOf(runs)).toBe(mask.data.filter((inside) => inside).length);
    }
  });

  test('of nothing are nothing, of everything one run', () => {
    expect(runsOf(emptyMask({ columns: 4, rows: 3 }))).toEqual([]);
    expect(runsOf(drawn('##', '##'))).toEqual([0, 4]);
  });
});

describe('a brush', () => {
  test('covers the pixels whose centres it passes over', () => {
    const mask = emptyMask({ columns: 7, rows: 5 });
    const at = imagePoint(3.5, 2.5);
    stroke(mask, [at, at], { radiusColumns: 1.5, radiusRows: 1.5 }, 1);
    expect(shown(mask)).toEqual(['.......', '..###..', '..###..', '..###..', '.......']);
  });

  test('is round in millimetres where pixels are not square', () => {
    const mask = emptyMask({ columns: 9, rows: 5 });
    const at = imagePoint(4.5, 2.5);
    stroke(mask, [at, at], { radiusColumns: 3.2, radiusRows: 0.6 }, 1);
    expect(shown(mask)).toEqual(['.........', '.........', '.#######.', '.........', '.........']);
  });

  test('leaves no gaps however fast the hand is', () => {
    const mask = emptyMask({ columns: 40, rows: 9 });
    stroke(mask, [imagePoint(2, 4.5), imagePoint(38, 4.5)], { radiusColumns: 1, radiusRows: 1 }, 1);
    const joined = connected(mask, mask.data.indexOf(1), (at) => mask.data[at] === 1);
    expect(joined).toEqual(mask.data);
    expect(shown(mask)[4]?.slice(2, 38)).toBe('#'.repeat(36));
  });

  test('of less than a pixel still sets the pixel it stands on, and erases what it set', () => {
    const mask = emptyMask({ columns: 3, rows: 3 });
    const at = imagePoint(1.9, 1.1);
    const point = { radiusColumns: 0.1, radiusRows: 0.1 };
    stroke(mask, [at, at], point, 1);
    expect(shown(mask)).toEqual(['...', '.#.', '...']);
    stroke(mask, [at, at], point, 0);
    expect(runsOf(mask)).toEqual([]);
  });

  test('keeps out of where it is not allowed', () => {
    const mask = emptyMask({ columns: 4, rows: 1 });
    const ends = [imagePoint(0, 0.5), imagePoint(4, 0.5)] as const;
    stroke(mask, ends, { radiusColumns: 1, radiusRows: 1 }, 1, (at) => at % 2 === 0);
    expect(shown(mask)).toEqual(['#.#.']);
  });
});

describe('fill and cut', () => {
  test('a fill stays inside its walls', () => {
    const mask = drawn('#####', '#...#', '##.##', '#...#', '#####');
    fill(mask, 6, 1);
    expect(areaOf(runsOf(mask))).toBe(25);
    const walled = drawn('..#..', '..#..', '..#..');
    fill(walled, 0, 1);
    expect(shown(walled)).toEqual(['###..', '###..', '###..']);
  });

  test('a cut covers the pixels whose centres lie inside its outline', () => {
    const mask = emptyMask({ columns: 6, rows: 4 });
    const outline = [
      [1, 1],
      [5, 1],
      [5, 3],
      [1, 3],
    ].map(([x = 0, y = 0]) => imagePoint(x, y));
    cut(mask, outline, 1);
    expect(shown(mask)).toEqual(['......', '.####.', '.####.', '......']);
  });
});

describe('distances', () => {
  test('are those a search over all pixels finds', () => {
    const mask = noise(11, 8, 5);
    const pitch = { column: 0.7, row: 1.3 };
    const found = squaredDistances(mask, 1, pitch);
    for (let at = 0; at < found.length; at += 1) {
      let nearest = Number.POSITIVE_INFINITY;
      mask.data.forEach((inside, other) => {
        const [x, y] = [(other % 11) - (at % 11), Math.floor(other / 11) - Math.floor(at / 11)];
        if (inside) nearest = Math.min(nearest, (x * 0.7) ** 2 + (y * 1.3) ** 2);
      });
      expect(found[at]).toBeCloseTo(nearest, 9);
    }
  });

  test('a margin grows by millimetres and shrinks back what has no corners to lose', () => {
    const mask = drawn('.......', '.......', '...#...', '.......', '.......');
    expect(shown(edited(mask, (one) => margin(one, 1)))).toEqual([
      '.......',
      '...#...',
      '..###..',
      '...#...',
      '.......',
    ]);
    const fine = { column: 0.5, row: 1 };
    expect(shown(edited(mask, (one) => margin(one, 1), fine))[2]).toBe('.#####.');
    const grown = edited(mask, (one) => margin(one, 2));
    expect(edited(grown, (one) => margin(one, -2))).toEqual(mask);
  });

  test('a margin of an empty mask changes nothing', () => {
    const mask = emptyMask({ columns: 9, rows: 9 });
    expect(edited(mask, (one) => margin(one, 3))).toEqual(mask);
  });

  test('between two equal slices lies the same, between two sizes a middle one', () => {
    const disc = (radius: number) => {
      const mask = emptyMask({ columns: 41, rows: 41 });
      const at = imagePoint(20.5, 20.5);
      stroke(mask, [at, at], { radiusColumns: radius, radiusRows: radius }, 1);
      return mask;
    };
    const small = disc(6);
    expect(between(small, small, [HALF_WAY], SQUARE)[0]).toEqual(small);
    const [middle] = between(small, disc(14), [HALF_WAY], SQUARE);
    const area = middle ? areaOf(runsOf(middle)) : 0;
    expect(Math.abs(Math.sqrt(area / Math.PI) - 10)).toBeLessThan(0.6);
  });
});

describe('tidying', () => {
  test('fills holes but not bays', () => {
    const mask = drawn('#####', '#.###', '#####', '###..', '#####');
    expect(shown(fillHoles(mask))).toEqual(['#####', '#####', '#####', '###..', '#####']);
  });

  test('smoothing takes single pixels away and fills single gaps', () => {
    const mask = drawn('.....', '.###.', '.#.#.', '.###.', '.....');
    expect(shown(edited(mask, (one) => smooth(one, 3)))[2]?.[2]).toBe('#');
    const dust = drawn('.....', '..#..', '.....');
    expect(runsOf(edited(dust, (one) => smooth(one, 3)))).toEqual([]);
  });

  test('masks combine pixel by pixel', () => {
    const [one, other] = [drawn('##..'), drawn('.##.')];
    expect(shown(combine(one, other, 'and'))).toEqual(['.#..']);
    expect(shown(combine(one, other, 'or'))).toEqual(['###.']);
    expect(shown(combine(one, other, 'minus'))).toEqual(['#...']);
  });
});

test('a border runs along pixel edges and joins what is straight', () => {
  const edges = borderOf(drawn('....', '.##.', '....'));
  expect(edges).toHaveLength(4);
  expect(edges).toEqual(
    expect.arrayContaining([
      [1, 1, 3, 1],
      [1, 2, 3, 2],
      [1, 1, 1, 2],
      [3, 1, 3, 2],
    ]),
  );
});

test('the border is every unit edge between inside and outside, also at the rim of the frame', () => {
  for (let round = 0; round < 42; round += 1) {
    const mask = noise(1 + (round % 7), 1 + (round % 6), round + 1);
    const { columns, rows } = mask.size;
    const inside = (column: number, row: number) =>
      column >= 0 && row >= 0 && column < columns && row < rows
        ? mask.data[row * columns + column]
        : 0;
    const expected = new Set<string>();
    for (let row = 0; row <= rows; row += 1)
      for (let column = 0; column <= columns; column += 1) {
        if (inside(column, row) !== inside(column, row - 1))
          expected.add(`${column},${row} across`);
        if (inside(column, row) !== inside(column - 1, row)) expected.add(`${column},${row} down`);
      }
    const found = borderOf(mask).flatMap(([x1, y1, x2, y2]) =>
      Array.from({ length: x2 - x1 + y2 - y1 }, (_, step) =>
        y1 === y2 ? `${x1 + step},${y1} across` : `${x1},${y1 + step} down`,
      ),
    );
    expect(found).toHaveLength(expected.size);
    expect(new Set(found)).toEqual(expected);
  }
});
