import { describe, expect, test } from 'vitest';
import { grown, type Range, type Reach, rangeAround } from './grow';
import { imagePoint } from './units';

const SIZE = { columns: 40, rows: 30, count: 12, shifts: [] };

/** A bright ball of radius 9 in the middle of noise, and a brighter bar apart from it. */
function volume(noise: number): Float32Array[] {
  let state = 3;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648 - 0.5;
  };
  return Array.from({ length: SIZE.count }, (_, k) =>
    Float32Array.from({ length: 40 * 30 }, (_, at) => {
      const [x, y] = [at % 40, Math.floor(at / 40)];
      const isBall = Math.hypot(x - 18, y - 15, 2 * (k - 6)) < 9;
      return (isBall ? 100 : x > 32 ? 105 : 40) + noise * next();
    }),
  );
}

function all(values: Float32Array[], range: Range, reach: Reach): Map<number, Uint8Array> {
  const steps = grown(SIZE, (k) => values[k] ?? null, { slice: 6, at: 15 * 40 + 18 }, range, reach);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

describe('a region', () => {
  test.each([0, 20])(
    'grown through slices is the ball, and not what is like it elsewhere (noise %d)',
    (noise) => {
      const values = volume(noise);
      const range = rangeAround(values[6] as Float32Array, SIZE, imagePoint(18.5, 15.5), {
        radiusColumns: 4,
        radiusRows: 4,
      });
      if (!range) throw new Error('no range');
      const found = all(values, range, 'stack');
      let [right, wrong, size] = [0, 0, 0];
      values.forEach((slice, k) => {
        slice.forEach((_, at) => {
          const [x, y] = [at % 40, Math.floor(at / 40)];
          const isBall = Math.hypot(x - 18, y - 15, 2 * (k - 6)) < 9;
          const isIn = found.get(k)?.[at] === 1;
          size += isBall ? 1 : 0;
          if (isIn && isBall) right += 1;
          if (isIn && !isBall) wrong += 1;
        });
      });
      expect(wrong).toBe(0);
      expect(right / size).toBeGreaterThan(0.97);
    },
  );

  test('grown on one slice stays on it', () => {
    expect([...all(volume(0), [90, 110], 'slice').keys()]).toEqual([6]);
  });

  test('has nothing where the seed is outside the range or its pixels are not there', () => {
    expect(all(volume(0), [0, 10], 'stack').size).toBe(0);
    const steps = grown(SIZE, () => null, { slice: 6, at: 0 }, [0, 1000], 'stack');
    const step = steps.next();
    expect(step.done && step.value.size).toBe(0);
  });

  test('pauses while it grows over much, so that the window answers', () => {
    const wide = { ...SIZE, columns: 200, rows: 200 };
    const flat = Array.from({ length: SIZE.count }, () => new Float32Array(200 * 200));
    const steps = grown(wide, (k) => flat[k] ?? null, { slice: 0, at: 0 }, [-1, 1], 'stack');
    let pauses = 0;
    while (!steps.next().done) pauses += 1;
    expect(pauses).toBeGreaterThanOrEqual(2 * SIZE.count);
  });
});

test('along a sheet of voxels a region stays on it, and its pinholes are closed', () => {
  const values = volume(0);
  const pinhole = values[6] as Float32Array;
  pinhole[15 * 40 + 20] = 0;
  const found = all(values, [90, 110], (_column, row) => row === 15);
  for (const [slice, mask] of found)
    mask.forEach((inside, at) => {
      const [x, y] = [at % 40, Math.floor(at / 40)];
      const isBall = Math.hypot(x - 18, y - 15, 2 * (slice - 6)) < 9;
      expect(inside).toBe(isBall && y === 15 ? 1 : 0);
    });
  expect(found.size).toBe(9);
});
