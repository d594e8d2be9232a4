import { describe, expect, test } from 'vitest';
import { crossingLine } from '../geometry/crossing';
import type { ImagePlane, Vector } from '../geometry/plane';
import { millimetres, patientPoint } from '../geometry/units';
import type { Frame } from './frames';
import { indexAt, linkedIndex, mayAlign, register, sharesSpace, turnedOffset } from './linking';

const spacing = { row: millimetres(1), column: millimetres(1) };

const planeAt = (
  origin: Vector,
  row: Vector = [1, 0, 0],
  column: Vector = [0, 1, 0],
): ImagePlane => ({
  origin: patientPoint(...origin),
  rowDirection: row,
  columnDirection: column,
  spacing,
});

const frame = (plane: ImagePlane, more: Partial<Frame> = {}): Frame =>
  ({
    plane,
    isPlaced: true,
    frame_of_reference_uid: '1.9',
    modality: 'CT',
    size: { rows: 100, columns: 100 },
    ...more,
  }) as Frame;

const axial = (step: number, count: number, from = 0, more: Partial<Frame> = {}): Frame[] =>
  Array.from({ length: count }, (_, index) => frame(planeAt([0, 0, from + index * step]), more));

const at = (frames: Frame[], index: number) => ({ frame: frames[index] as Frame, index });

describe('scrolling together', () => {
  test('thin and thick slices of one body meet at the same place', () => {
    const [thin, thick] = [axial(1, 50), axial(5, 10)];
    const registration = register(at(thin, 0), at(thick, 7));
    expect(registration).toEqual({ by: 'place', offset_mm: 0 });
    expect(linkedIndex(at(thin, 22), thick, registration as never)).toBe(4);
    expect(linkedIndex(at(thin, 23), thick, registration as never)).toBe(5);
  });

  test('stacks numbered in opposite directions follow by place, not by number', () => {
    const up = axial(2, 20);
    const down = [...up].reverse();
    const registration = register(at(up, 0), at(down, 0));
    expect(linkedIndex(at(up, 3), down, registration as never)).toBe(16);
  });

  test('a prior in a space of its own keeps the distance it was linked with', () => {
    const now = axial(2, 20);
    const prior = axial(2, 20, 700, { frame_of_reference_uid: '1.8' });
    const registration = register(at(now, 10), at(prior, 4));
    expect(linkedIndex(at(now, 12), prior, registration as never)).toBe(6);
    expect(linkedIndex(at(now, 0), prior, registration as never)).toBe(0);
  });

  test('planes at an angle do not follow each other', () => {
    const sagittal = [frame(planeAt([50, 0, 0], [0, 1, 0], [0, 0, -1]))];
    expect(register(at(axial(2, 20), 0), at(sagittal, 0))).toBeNull();
    expect(sharesSpace(axial(2, 2)[0] as Frame, sagittal[0] as Frame)).toBe(false);
  });

  test('an offset is the same from either side, also of stacks that run against each other', () => {
    const now = axial(2, 20);
    const prior = axial(2, 20, 700, { frame_of_reference_uid: '1.8' });
    const back = turnedOffset(706, now[0] as Frame, prior[0] as Frame);
    expect(linkedIndex(at(now, 3), prior, { by: 'place', offset_mm: 706 })).toBe(6);
    expect(linkedIndex(at(prior, 6), now, { by: 'place', offset_mm: back })).toBe(3);
    const against = prior.map(({ plane }) =>
      frame({ ...plane, columnDirection: [0, -1, 0] }, { frame_of_reference_uid: '1.8' }),
    );
    const turned = turnedOffset(706, now[0] as Frame, against[0] as Frame);
    expect(linkedIndex(at(against, 6), now, { by: 'place', offset_mm: turned })).toBe(3);
  });

  test('content is asked only where both are cut alike and nothing else says how they lie', () => {
    const now = axial(2, 20);
    const prior = axial(2, 20, 700, { frame_of_reference_uid: '1.8' });
    expect(mayAlign(now, prior)).toBe(true);
    expect(mayAlign(now, axial(2, 20))).toBe(false);
    expect(mayAlign(now, prior.slice(0, 5))).toBe(false);
    expect(mayAlign(now, axial(2, 20, 0, { frame_of_reference_uid: '1.8', modality: 'MR' }))).toBe(
      false,
    );
  });

  test('images without a place follow by count', () => {
    const films = axial(0, 6, 0, { isPlaced: false });
    const registration = register(at(films, 1), at(films, 3));
    expect(linkedIndex(at(films, 2), films, registration as never)).toBe(4);
    expect(linkedIndex(at(films, 5), films, registration as never)).toBe(5);
  });

  test('the slice nearest to a place is found', () => {
    expect(indexAt(axial(2, 20), patientPoint(30, 40, 17.2))).toBe(9);
  });
});

describe('reference lines', () => {
  test('an axial slice cuts a sagittal image in a level line at its height', () => {
    const sagittal = planeAt([50.5, 0.5, 99.5], [0, 1, 0], [0, 0, -1]);
    const line = crossingLine(sagittal, planeAt([0.5, 0.5, 40]), { rows: 100, columns: 100 });
    expect(line?.map(([, y]) => y)).toEqual([60, 60].map((y) => expect.closeTo(y, 6)));
    expect(line?.map(([x]) => x).sort((a, b) => a - b)).toEqual(
      [0, 100].map((x) => expect.closeTo(x, 6)),
    );
  });

  test('parallel planes, and images that do not reach, draw none', () => {
    const plane = planeAt([0, 0, 0]);
    expect(crossingLine(plane, planeAt([0, 0, 5]), { rows: 10, columns: 10 })).toBeNull();
    const far = planeAt([50, 0, 500], [0, 1, 0], [0, 0, -1]);
    expect(crossingLine(plane, far, { rows: 100, columns: 100 })).toBeNull();
  });
});
