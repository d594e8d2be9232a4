import { describe, expect, test } from 'vitest';
import { toCanvas } from '../geometry/affine';
import { type ImagePlane, imageToPatient, normalOf, type Vector } from '../geometry/plane';
import { imagePoint, millimetres, patientPoint } from '../geometry/units';
import type { Mark } from './marks';
import { measureText } from './markText';
import { SQUARE } from './shapes';
import { affineOn, crossingsOf, drawingPlane, flatPoints, marksOn, placesOn } from './spaceMarks';

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** A plane that lies any way in the patient. */
function anyPlane(next: () => number): ImagePlane {
  const [turn, tilt] = [next() * 6, next() * 3];
  const row: Vector = [Math.cos(turn), Math.sin(turn), 0];
  const column: Vector = [
    -Math.sin(turn) * Math.cos(tilt),
    Math.cos(turn) * Math.cos(tilt),
    Math.sin(tilt),
  ];
  return {
    origin: patientPoint(100 * next(), -80 * next(), 60 * next()),
    rowDirection: row,
    columnDirection: column,
    spacing: { row: millimetres(1), column: millimetres(1) },
  };
}

function markOn(plane: ImagePlane, points: readonly [number, number][]): Mark {
  return {
    id: 'm',
    kind: points.length === 1 ? 'point' : 'length',
    label_key: 'width',
    sop_instance_uid: '1.2',
    frame_number: 1,
    points: [],
    inSpace: {
      frame_of_reference_uid: '1.9',
      row_direction: plane.rowDirection,
      column_direction: plane.columnDirection,
      places: placesOn(
        plane,
        points.map(([x, y]) => imagePoint(x, y)),
      ),
    },
  };
}

const seen = (plane: ImagePlane) => ({ plane, frame_of_reference_uid: '1.9', within_mm: 0.5 });

const moved = (plane: ImagePlane, by: number): ImagePlane => {
  const [x, y, z] = normalOf(plane);
  const [a, b, c] = plane.origin;
  return { ...plane, origin: patientPoint(a + by * x, b + by * y, c + by * z) };
};

describe('a mark in space', () => {
  test('is seen where it was drawn, to a ten-thousandth, and measures its millimetres', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const next = numbers(seed * 7919);
      const view = anyPlane(next);
      const plane = drawingPlane(view, patientPoint(30 * next(), 20, -10));
      const drawn: [number, number][] = [
        [1990 + 20 * next(), 2000 + 20 * next()],
        [1990 - 30 * next(), 2040],
      ];
      const mark = markOn(plane, drawn);
      const [again] = marksOn([mark], seen(plane));
      again?.points.forEach(([x, y], index) => {
        expect(x).toBeCloseTo(drawn[index]?.[0] ?? Number.NaN, 4);
        expect(y).toBeCloseTo(drawn[index]?.[1] ?? Number.NaN, 4);
      });
      const [[ax, ay], [bx, by]] = drawn as [[number, number], [number, number]];
      const length = Math.hypot(ax - bx, ay - by);
      const { inSpace } = mark;
      if (!inSpace) throw new Error('not in space');
      expect(measureText('length', flatPoints(inSpace), SQUARE)).toBe(`${length.toFixed(1)} mm`);
    }
  });

  test('stays under the same spot of the screen while the view is moved and drawn anew', () => {
    const next = numbers(5);
    const view = anyPlane(next);
    const affine = { a: 2, b: 0, c: 0, d: 2, e: 300, f: 200 };
    const plane = drawingPlane(view, patientPoint(1, 2, 3));
    const spot = imageToPatient(view, imagePoint(12, -7));
    const [point] = marksOn(
      [{ ...markOn(plane, [[0, 0]]), inSpace: inSpaceAt(spot, view) }],
      seen(plane),
    );
    const shown = toCanvas(affineOn(affine, view, plane), point?.points[0] ?? imagePoint(0, 0));
    expect(shown[0]).toBeCloseTo(2 * 12 + 300, 6);
    expect(shown[1]).toBeCloseTo(2 * -7 + 200, 6);
  });

  test('is off a plane farther away, and in another frame of reference nowhere', () => {
    const plane = anyPlane(numbers(3));
    const mark = markOn(plane, [
      [1, 2],
      [30, 9],
    ]);
    expect(marksOn([mark], seen(moved(plane, 0.4)))).toHaveLength(1);
    expect(marksOn([mark], seen(moved(plane, 0.6)))).toHaveLength(0);
    expect(marksOn([mark], { ...seen(plane), frame_of_reference_uid: '2' })).toHaveLength(0);
    expect(crossingsOf([mark], { ...seen(plane), frame_of_reference_uid: '2' })).toHaveLength(0);
  });

  test('is a diamond where its line cuts a plane across it', () => {
    const plane = anyPlane(numbers(9));
    const mark = markOn(plane, [
      [10, 5],
      [30, 5],
    ]);
    const across: ImagePlane = {
      ...plane,
      origin: imageToPatient(plane, imagePoint(15.5, 0.5)),
      rowDirection: normalOf(plane),
    };
    expect(marksOn([mark], seen(across))).toHaveLength(0);
    const [crossing] = crossingsOf([mark], seen(across));
    expect(crossing?.at[0]).toBeCloseTo(0.5, 6);
    expect(crossing?.at[1]).toBeCloseTo(5, 6);
    expect(crossingsOf([mark], seen(plane))).toHaveLength(0);
  });
});

const inSpaceAt = (place: ReturnType<typeof patientPoint>, plane: ImagePlane) => ({
  frame_of_reference_uid: '1.9',
  row_direction: plane.rowDirection,
  column_direction: plane.columnDirection,
  places: [place],
});
