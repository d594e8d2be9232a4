import { describe, expect, test } from 'vitest';
import { type Affine, toCanvas } from '../geometry/affine';
import { latticeOf } from '../geometry/lattice';
import { cross, type ImagePlane, imageToPatient, patientToImage } from '../geometry/plane';
import { imagePoint, millimetres, patientPoint } from '../geometry/units';
import { COLOUR_MAPS, colour, endsFor, MAPS, nextMap, tableOf } from './colourMaps';
import type { Frame } from './frames';
import { isComplete, movedTo, screenOf, type Wanted } from './overlayPainter';
import { whyNoOverlay } from './overlayStack';
import { endsText } from './overlayText';

const PLANE: ImagePlane = {
  origin: patientPoint(-20, 8, 3),
  rowDirection: [0.8, 0.6, 0],
  columnDirection: [0, 0, -1],
  spacing: { row: millimetres(0.7), column: millimetres(0.7) },
};
const SIZE = { columns: 120, rows: 90 };

function coloured(values: readonly number[], map: (typeof COLOUR_MAPS)[number]) {
  const into = new Uint8ClampedArray(values.length * 4);
  for (const _ of colour(Float32Array.from(values), map, { low: 1, high: 5 }, into));
  return values.map((_, at) => [...into.slice(at * 4, at * 4 + 4)]);
}

describe('colours', () => {
  test('are nothing below the lowest value and where there is none', () => {
    for (const map of COLOUR_MAPS.filter((one) => !MAPS[one].isSigned)) {
      const [missing, below, lowest, above, highest, beyond] = coloured(
        [Number.NaN, 0, 1, 1.01, 5, 90],
        map,
      );
      for (const clear of [missing, below, lowest]) expect(clear).toEqual([0, 0, 0, 0]);
      expect(above?.[3]).toBe(255);
      expect(highest).toEqual([...(MAPS[map].stops.at(-1) ?? []), 255]);
      expect(beyond).toEqual(highest);
    }
  });

  test('of signed values are clear at zero and as far from it on both sides', () => {
    expect(endsFor('signed', { low: -2, high: 5 })).toEqual({ low: -5, high: 5 });
    const [least, zero, most] = coloured([-5, 0, 5], 'signed');
    expect(zero?.[3]).toBeLessThan(3);
    expect([least?.[3], most?.[3]]).toEqual([255, 255]);
    expect(least?.[2]).toBeGreaterThan(least?.[0] ?? 0);
    expect(most?.[0]).toBeGreaterThan(most?.[2] ?? 0);
  });

  test('go round, and through plain grey where a series stands by itself', () => {
    const round = [...COLOUR_MAPS, null];
    let now: (typeof round)[number] = null;
    const seen = round.map(() => {
      now = nextMap(now, true);
      return now;
    });
    expect(seen).toEqual(round);
    expect(nextMap('signed', false)).toBe('hot');
    expect(tableOf('hot')).toHaveLength(1024);
  });

  test('say their ends in the unit values are read in', () => {
    const uptake = { suvFactor: 0.0005, valueUnit: 'Bq/ml' };
    expect(endsText({ low: 0, high: 14_000 }, uptake)).toBe('0 – 7 SUVbw');
    expect(endsText({ low: -100, high: 300.4 }, { suvFactor: null, valueUnit: 'HU' })).toBe(
      '−100 – 300 HU',
    );
  });
});

describe('a picture of an overlay', () => {
  const wantedAt = (affine: Affine): Wanted => ({ plane: PLANE, affine }) as Wanted;

  test('stays where it is in the patient when the view is moved, zoomed and turned', () => {
    const before = wantedAt({ a: 2, b: 0.3, c: -0.3, d: 2, e: 14, f: 9 });
    const after = wantedAt({ a: -1.1, b: 2.6, c: -2.6, d: -1.1, e: 200, f: 90 });
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = movedTo(after, screenOf(before, SIZE));
    for (const [x, y] of [
      [0, 0],
      [31, 77],
      [120, 90],
    ] as const) {
      const place = imageToPatient(PLANE, imagePoint(x, y));
      const [px, py] = toCanvas(before.affine, patientToImage(PLANE, place));
      const [qx, qy] = toCanvas(after.affine, patientToImage(PLANE, place));
      expect(a * px + c * py + e).toBeCloseTo(qx, 6);
      expect(b * px + d * py + f).toBeCloseTo(qy, 6);
    }
  });

  test('is whole when the slices it passes through are here, whatever the others are', () => {
    const normal = cross(PLANE.rowDirection, PLANE.columnDirection);
    const slices = Array.from({ length: 6 }, (_, index) => {
      const at = (axis: 0 | 1 | 2) => PLANE.origin[axis] + 2 * index * normal[axis];
      return { size: SIZE, plane: { ...PLANE, origin: patientPoint(at(0), at(1), at(2)) } };
    });
    const lattice = latticeOf(slices);
    if (!lattice) throw new Error('the slices are a stack');
    const values = slices.map((_, index) => (index === 2 || index === 3 ? [1] : null));
    const voxels = { lattice, slices: values, isLabelMap: false };
    const affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
    const on = (index: number) => ({ plane: slices[index]?.plane ?? PLANE, affine });
    const whole = [0, 1, 2, 3, 4].map((index) =>
      isComplete(voxels, screenOf(on(index), { columns: 4, rows: 4 })),
    );
    expect(whole).toEqual([false, false, true, true, false]);
  });
});

describe('what can be laid over an image', () => {
  const frameAt = (z: number, changes: Partial<Frame> = {}): Frame =>
    ({
      size: SIZE,
      isPlaced: true,
      isColour: false,
      frame_of_reference_uid: '1.2.3',
      plane: { ...PLANE, origin: patientPoint(z, 0, 0), rowDirection: [0, 1, 0] },
      attributes: {},
      ...changes,
    }) as Frame;
  const series = (changes: Partial<Frame> = {}) =>
    [0, -2, -4, -6, -8].map((z) => frameAt(z, changes));

  test('is an even stack in the same frame of reference, and anything else says why not', () => {
    const image = frameAt(0);
    expect(whyNoOverlay(image, series())).toBeNull();
    expect(whyNoOverlay(image, series({ frame_of_reference_uid: '1.2.4' }))).toBe(
      'It lies in another frame of reference.',
    );
    expect(whyNoOverlay(frameAt(0, { isPlaced: false }), series())).toBe(
      'The image on screen does not say where it lies.',
    );
    expect(whyNoOverlay(image, series().toSpliced(2, 1))).toBe(
      'Slices are missing or unevenly spaced.',
    );
    expect(whyNoOverlay(image, series({ size: { columns: 20_000, rows: 20_000 } }))).toBe(
      'It does not fit into the memory set aside for images.',
    );
  });
});
