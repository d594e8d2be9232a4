import { describe, expect, test } from 'vitest';
import { boxBetween, firstBox, fromNumbers, moved, resized, toNumbers } from './boxes';

const SIZE = { columns: 100, rows: 50 };

describe('boxes to black out', () => {
  test('cover every pixel they touch, whichever way they are drawn', () => {
    const expected = { x: 10, y: 5, width: 21, height: 11 };
    expect(boxBetween({ x: 10.4, y: 5.9 }, { x: 30.1, y: 15.2 }, SIZE)).toEqual(expected);
    expect(boxBetween({ x: 30.1, y: 15.2 }, { x: 10.4, y: 5.9 }, SIZE)).toEqual(expected);
  });
  test('are cut to the image, and are none outside of it', () => {
    const cut = boxBetween({ x: -5, y: -5 }, { x: 500, y: 500 }, SIZE);
    expect(cut).toEqual({ x: 0, y: 0, width: 100, height: 50 });
    expect(boxBetween({ x: 120, y: 10 }, { x: 130, y: 20 }, SIZE)).toBeNull();
  });
  test('stay inside when they are moved or resized by key', () => {
    const box = { x: 90, y: 40, width: 10, height: 10 };
    expect(moved(box, 8, 8, SIZE)).toEqual(box);
    expect(moved(box, -200, -1, SIZE)).toEqual({ ...box, x: 0, y: 39 });
    expect(resized(box, 8, 8, SIZE)).toEqual(box);
    expect(resized(box, -200, -200, SIZE)).toEqual({ ...box, width: 1, height: 1 });
  });
  test('come and go as four numbers', () => {
    expect(toNumbers(fromNumbers([1, 2, 3, 4]))).toEqual([1, 2, 3, 4]);
    expect(firstBox(SIZE).width).toBe(100);
  });
});
