import { describe, expect, test } from 'vitest';
import { emptyMask } from './mask';
import { cut } from './paint';
import { cross, dot, type ImagePlane, imageToPatient, normalOf, type Vector } from './plane';
import { cutPrism } from './prism';
import { halfOfVoxel } from './sweep';
import { imagePoint, millimetres, type PatientPoint, patientPoint } from './units';

/** The same numbers every time, from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

const SIZE = { columns: 17, rows: 13 };

function anySlice(next: () => number): ImagePlane {
  const turn = 6 * next();
  return {
    origin: patientPoint(9 * next(), -7 * next(), 5 * next()),
    rowDirection: [Math.cos(turn), Math.sin(turn), 0],
    columnDirection: [-Math.sin(turn), Math.cos(turn), 0],
    spacing: { row: millimetres(0.5 + next()), column: millimetres(0.5 + next()) },
  };
}

/** Any direction to look along; every third one along or across the slices. */
function anyView(next: () => number, plane: ImagePlane, round: number): [Vector, Vector, Vector] {
  const aligned = [normalOf(plane), plane.rowDirection, plane.columnDirection][round % 3] as Vector;
  const free: Vector = [next() - 0.5, next() - 0.5, next() - 0.5];
  const length = Math.hypot(...free);
  const normal: Vector =
    round % 2 === 0 ? aligned : [free[0] / length, free[1] / length, free[2] / length];
  const other: Vector = Math.abs(normal[2]) < 0.9 ? [0, 0, 1] : [0, 1, 0];
  const side = cross(normal, other);
  const size = Math.hypot(...side);
  const right: Vector = [side[0] / size, side[1] / size, side[2] / size];
  return [normal, right, cross(normal, right)];
}

const isInside = (ring: readonly (readonly [number, number])[], u: number, v: number): boolean =>
  ring.reduce((inside, [u1, v1], index) => {
    const [u2, v2] = ring[(index + 1) % ring.length] ?? [u1, v1];
    const isCrossed = v1 <= v !== v2 <= v && u < u1 + ((v - v1) / (v2 - v1)) * (u2 - u1);
    return isCrossed ? !inside : inside;
  }, false);

describe('scissors', () => {
  test('take the voxels whose centres lie behind the outline, whichever way it is looked at', () => {
    let [inside, outside] = [0, 0];
    for (let round = 0; round < 60; round += 1) {
      const next = numbers(round * 7919 + 5);
      const plane = anySlice(next);
      const [normal, right, down] = anyView(next, plane, round);
      const middle = imageToPatient(plane, imagePoint(8, 6));
      const at = (u: number, v: number): PatientPoint =>
        patientPoint(
          middle[0] + u * right[0] + v * down[0],
          middle[1] + u * right[1] + v * down[1],
          middle[2] + u * right[2] + v * down[2],
        );
      const outline = Array.from({ length: 9 }, () => at(12 * next() - 6, 12 * next() - 6));
      const [isFlat, gap_mm] = [round % 4 === 3, 0.7 + 2 * next()];
      const mask = emptyMask(SIZE);
      cutPrism(mask, plane, { outline, normal, isFlat, gap_mm }, 1);
      const ring = outline.map((place) => [dot(place, right), dot(place, down)] as const);
      const half = halfOfVoxel(plane, gap_mm, normal);
      for (let row = 0; row < SIZE.rows; row += 1)
        for (let column = 0; column < SIZE.columns; column += 1) {
          const place = imageToPatient(plane, imagePoint(column + 0.5, row + 0.5));
          const above = dot(place, normal) - dot(middle, normal);
          const isThere = !isFlat || (above >= -half && above < half);
          const wanted = isThere && isInside(ring, dot(place, right), dot(place, down));
          expect(mask.data[row * SIZE.columns + column]).toBe(wanted ? 1 : 0);
          if (wanted) inside += 1;
          else outside += 1;
        }
    }
    expect(inside).toBeGreaterThan(500);
    expect(outside).toBeGreaterThan(500);
  });

  test('on the slice itself cut what they cut there as an image', () => {
    const plane = anySlice(numbers(3));
    const drawn = [imagePoint(2.2, 1.7), imagePoint(14.1, 3.3), imagePoint(9.4, 11.8)];
    const [asImage, asPrism] = [emptyMask(SIZE), emptyMask(SIZE)];
    cut(asImage, drawn, 1);
    const outline = drawn.map((point) => imageToPatient(plane, point));
    cutPrism(asPrism, plane, { outline, normal: normalOf(plane), isFlat: false, gap_mm: 1 }, 1);
    expect(asPrism.data).toEqual(asImage.data);
    expect(asImage.data.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(30);
  });
});
