import { describe, expect, test } from 'vitest';
import { toCanvas } from '../geometry/affine';
import {
  type ImagePlane,
  imageToPatient,
  normalOf,
  patientToImage,
  type Vector,
} from '../geometry/plane';
import { type ImagePoint, imagePoint, millimetres, patientPoint } from '../geometry/units';
import type { Mark } from './marks';
import { measureText } from './markText';
import { type MarkKind, pointsFrom, SQUARE, strokesOf } from './shapes';
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

function expectSame(
  found: readonly ImagePoint[] | undefined,
  points: readonly ImagePoint[],
  digits: number,
): void {
  expect(found).toHaveLength(points.length);
  found?.forEach(([x, y], index) => {
    expect(x).toBeCloseTo(points[index]?.[0] ?? Number.NaN, digits);
    expect(y).toBeCloseTo(points[index]?.[1] ?? Number.NaN, digits);
  });
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
      expectSame(
        again?.points,
        drawn.map(([x, y]) => imagePoint(x, y)),
        4,
      );
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

  test('of every kind is drawn again on its plane, turned and mirrored planes included', () => {
    const node = (x: number, y: number) => imagePoint(2000 + x, 2000 + y);
    const drawn: [MarkKind, ImagePoint[]][] = [
      ['box', [node(-10, -4), node(7, 9)]],
      ['polygon', [node(-10, -4), node(7, -2), node(3, 9)]],
      ['freehand', [node(-10, -4), node(7, -2), node(3, 9), node(0, 9)]],
      ['spline', [node(-10, -4), node(7, -2), node(3, 9)]],
      ['polyline', [node(-10, -4), node(7, -2)]],
      ['circle', pointsFrom('circle', [node(1, 2), node(5, 5)], SQUARE)],
      ['ellipse', pointsFrom('ellipse', [node(-9, 2), node(5, 5)], SQUARE)],
      ['bidirectional', pointsFrom('bidirectional', [node(-9, 2), node(5, 5), node(0, 9)], SQUARE)],
      ['cobb', [node(-9, 2), node(5, 5), node(-9, 12), node(5, 7)]],
    ];
    const plane = drawingPlane(anyPlane(numbers(17)), patientPoint(4, 5, 6));
    const middle = imageToPatient(plane, node(0, 0));
    for (const [kind, points] of drawn) {
      const mark = {
        ...markOn(
          plane,
          points.map(([x, y]) => [x, y]),
        ),
        kind,
      };
      const [again] = marksOn([mark], seen(plane));
      expectSame(again?.points, points, 4);
      const ring = strokesOf(kind, points).flatMap((stroke) => stroke.points);
      for (const turn of [0, 0.4, Math.PI / 2, Math.PI]) {
        const { rowDirection, columnDirection } = plane;
        const along = (share: number, other: number): Vector => [
          rowDirection[0] * share + columnDirection[0] * other,
          rowDirection[1] * share + columnDirection[1] * other,
          rowDirection[2] * share + columnDirection[2] * other,
        ];
        const view = drawingPlane(
          {
            ...plane,
            // looked at from behind, and turned in its own plane
            rowDirection: along(-Math.cos(turn), Math.sin(turn)),
            columnDirection: along(Math.sin(turn), Math.cos(turn)),
          },
          middle,
        );
        const [seenAgain] = marksOn([mark], seen(view));
        if (!seenAgain) throw new Error(`${kind} is gone`);
        const lines = strokesOf(seenAgain.kind, seenAgain.points).flatMap(({ points: p }) => p);
        // the same line in the patient, wherever it begins
        for (const place of ring) {
          const spot = patientToImage(view, imageToPatient(plane, place));
          const nearest = Math.min(...lines.map(([x, y]) => Math.hypot(x - spot[0], y - spot[1])));
          expect(nearest).toBeLessThan(1e-3);
        }
      }
    }
  });

  test('that encloses something is cut in two places by a plane across it', () => {
    const plane = anyPlane(numbers(9));
    const across: ImagePlane = {
      ...plane,
      origin: imageToPatient(plane, imagePoint(15.5, 0.5)),
      rowDirection: normalOf(plane),
    };
    const box = {
      ...markOn(plane, [
        [10, 5],
        [30, 25],
      ]),
      kind: 'box' as const,
    };
    const heights = crossingsOf([box], seen(across)).map(({ at }) => Math.round(at[1]));
    expect(heights.sort((one, other) => one - other)).toEqual([5, 25]);
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
