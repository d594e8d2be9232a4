import { describe, expect, test } from 'vitest';
import { alikeIn, greyOf, strokeAlike } from './alike';
import { emptyMask } from './mask';
import { imagePoint } from './units';

const SIZE = { columns: 60, rows: 40 };
const BRUSH = { radiusColumns: 9, radiusRows: 9 };

/** Two tissues side by side, 60 apart, in noise of 10: normal, and the same every time. */
function twoTissues(seed: number): Float32Array {
  let state = seed;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state + 1) / 2147483649;
  };
  const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  return Float32Array.from(
    { length: 60 * 40 },
    (_, at) => (at % 60 < 30 ? 40 : 100) + 10 * normal(),
  );
}

describe('a brush that seeks edges', () => {
  test('fills its disc on this side of an edge and hardly a pixel beyond it', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const grey = greyOf(twoTissues(seed * 7919), SIZE);
      const found = alikeIn(grey, imagePoint(26.5, 20.5), BRUSH);
      const beyond = found.filter((at) => at % 60 >= 31);
      expect(beyond.length).toBeLessThanOrEqual(1);
      const disc = Array.from({ length: 60 * 40 }, (_, at) => at).filter(
        (at) => at % 60 < 29 && Math.hypot((at % 60) - 26, Math.floor(at / 60) - 20) <= 9,
      );
      const missed = disc.filter((at) => !found.includes(at));
      expect(missed.length / disc.length).toBeLessThan(0.05);
    }
  });

  test('stays within its disc and in one piece around the pointer, whatever is there', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const values = twoTissues(seed * 104729);
      const centre = imagePoint((seed * 13) % 60, (seed * 7) % 40);
      const found = new Set(alikeIn(greyOf(values, SIZE), centre, BRUSH));
      const seedPixel = Math.floor(centre[1]) * 60 + Math.floor(centre[0]);
      expect(found.has(seedPixel)).toBe(true);
      const reached = new Set([seedPixel]);
      for (const at of reached) {
        const [x, y] = [(at % 60) + 0.5, Math.floor(at / 60) + 0.5];
        if (at !== seedPixel)
          expect(Math.hypot(x - centre[0], y - centre[1])).toBeLessThanOrEqual(9);
        for (const near of [at - 1, at + 1, at - 60, at + 60])
          if (found.has(near) && Math.abs((near % 60) - (at % 60)) <= 1) reached.add(near);
      }
      expect(reached.size).toBe(found.size);
    }
  });

  test('takes two flat areas apart to the pixel, and an even one whole', () => {
    const step = Float32Array.from({ length: 60 * 40 }, (_, at) => (at % 60 < 30 ? 0 : 900));
    const found = alikeIn(greyOf(step, SIZE), imagePoint(28.5, 20.5), BRUSH);
    expect(Math.max(...found.map((at) => at % 60))).toBe(29);
    const even = alikeIn(greyOf(new Float32Array(60 * 40), SIZE), imagePoint(28.5, 20.5), BRUSH);
    expect(even.length).toBeGreaterThan(240);
  });

  test('takes no step of one unit for an edge in an image of thousands', () => {
    const gentle = Float32Array.from({ length: 60 * 40 }, (_, at) =>
      at % 60 > 50 ? -1000 : Math.floor((at % 60) / 8),
    );
    expect(alikeIn(greyOf(gentle, SIZE), imagePoint(28.5, 20.5), BRUSH).length).toBeGreaterThan(
      240,
    );
  });

  test('leaves no gaps on its way and keeps out of where it is not allowed', () => {
    const mask = emptyMask(SIZE);
    const way = [imagePoint(15, 3), imagePoint(15, 37)] as const;
    const grey = greyOf(new Float32Array(60 * 40), SIZE);
    strokeAlike(mask, grey, way, { radiusColumns: 4, radiusRows: 4 }, 1, (at) => at % 60 > 13);
    for (let row = 5; row < 35; row += 1)
      expect([...mask.data.slice(row * 60 + 12, row * 60 + 18)]).toEqual([0, 0, 1, 1, 1, 1]);
  });
});
