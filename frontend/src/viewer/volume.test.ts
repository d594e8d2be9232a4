import { describe, expect, test } from 'vitest';
import { dot } from '../geometry/plane';
import {
  cutDirection,
  isUpright,
  PLANE_NAMES,
  rightOf,
  turned,
  uprightAt,
} from '../geometry/planes';
import { millimetres, patientPoint } from '../geometry/units';
import type { DicomObject } from './dicomJson';
import type { Frame } from './frames';
import { straightened } from './straight';
import { centreOf, stepAlong, whyNoVolume } from './volume';
import { placeAt, scrollAt } from './volumeExtent';
import { isTilted, textureType } from './volumeShape';

const slice = (z: number, more: Partial<Frame> = {}, at: readonly [number, number] = [0, 0]) =>
  ({
    plane: {
      origin: patientPoint(at[0], at[1], z),
      rowDirection: [1, 0, 0],
      columnDirection: [0, 1, 0],
      spacing: { row: millimetres(0.5), column: millimetres(0.5) },
    },
    isPlaced: true,
    isColour: false,
    size: { rows: 101, columns: 101 },
    ...more,
  }) as Frame;

const stack = (...heights: number[]) => heights.map((z) => slice(z));

describe('a stack as a volume', () => {
  test('even slices make one, whichever way they run', () => {
    expect(whyNoVolume(stack(0, 2, 4, 6, 8))).toBeNull();
    expect(whyNoVolume(stack(8, 6, 4, 2, 0))).toBeNull();
  });

  test('gaps, colour, too few or unplaced slices do not', () => {
    expect(whyNoVolume(stack(0, 2, 6, 8))).toMatch('missing');
    expect(whyNoVolume(stack(0, 2, 2, 4))).toMatch('missing');
    expect(whyNoVolume([0, 1, 2, 3].map((z) => slice(z, { isColour: true })))).toMatch('Colour');
    expect(whyNoVolume([0, 1, 2, 3].map((z) => slice(z, { isPlaced: false })))).toMatch('where');
    expect(whyNoVolume(stack(0, 1))).toMatch('few');
    const odd = [...stack(0, 1, 2), slice(3, { size: { rows: 5, columns: 5 } })];
    expect(whyNoVolume(odd)).toMatch('differ');
  });

  test('a tilted gantry makes one where each slice is shifted as far as the last', () => {
    const tilted = [0, 1, 2, 3].map((z) => slice(z, { attributes: {} }, [0, z]));
    expect(whyNoVolume(tilted)).toBeNull();
    expect([isTilted(tilted), isTilted(stack(0, 1, 2, 3))]).toEqual([true, false]);
    expect(whyNoVolume([0, 1, 2, 3].map((z) => slice(z, {}, [0, z * z])))).toMatch('not evenly');
    const straight = straightened(tilted);
    expect(isTilted(straight)).toBe(false);
    expect(whyNoVolume(straight)).toBeNull();
    expect(straightened(tilted)).toBe(straight);
    expect(straight[0]?.size).toEqual({ columns: 101, rows: 107 });
    const even = stack(0, 1, 2, 3);
    expect(straightened(even)).toBe(even);
  });

  test('small differences may not add up until a slice lies where another should', () => {
    const heights = [0];
    for (let at = 1; at < 60; at += 1) heights.push((heights[at - 1] ?? 0) + (at < 30 ? 2 : 2.08));
    expect(whyNoVolume(stack(...heights))).toMatch('unevenly');
  });

  test('the texture holds every value a frame may have', () => {
    const of = (bits: number, isSigned: boolean, slope: number, intercept: number) => {
      const attributes: DicomObject = {
        '00280101': { Value: [bits] },
        '00280103': { Value: [isSigned ? 1 : 0] },
        '00281053': { Value: [slope] },
        '00281052': { Value: [intercept] },
      };
      return textureType([slice(0, { attributes })]);
    };
    expect(of(8, false, 1, 0)).toBe('Uint8Array');
    expect(of(8, false, 1, -24)).toBe('Int16Array');
    expect(of(12, false, 1, -1024)).toBe('Int16Array');
    expect(of(16, true, 1, 0)).toBe('Int16Array');
    expect(of(16, false, 1, 0)).toBe('Uint16Array');
    expect(of(16, false, 1, -1024)).toBe('Float32Array');
    expect(of(12, false, 0.37, 0)).toBe('Float32Array');
  });

  test('a plane is scrolled slice by slice to the ends and no further', () => {
    const frames = stack(0, 2, 4, 6, 8);
    const centre = centreOf(frames, 2);
    expect([...centre]).toEqual([25, 25, 4]);
    expect(stepAlong(frames, [0, 0, 1])).toBe(2);
    expect(scrollAt(frames, [0, 0, -1], centre)).toEqual({ index: 2, count: 5 });
    expect(placeAt(frames, [0, 0, -1], centre, 0)[2]).toBe(8);
    expect(placeAt(frames, [0, 0, -1], centre, 99)[2]).toBe(0);
    expect(scrollAt(frames, [1, 0, 0], centre)).toEqual({ index: 50, count: 101 });
  });
});

describe('three planes', () => {
  const planes = uprightAt(patientPoint(1, 2, 3));

  test("the reader looks from the feet, the front and the left: the patient's right is on the left", () => {
    expect(rightOf(planes.axes.axial)).toEqual([1, 0, 0].map((x) => expect.closeTo(x)));
    expect(rightOf(planes.axes.coronal)).toEqual([1, 0, 0].map((x) => expect.closeTo(x)));
    expect(rightOf(planes.axes.sagittal)).toEqual([0, 1, 0].map((x) => expect.closeTo(x)));
  });

  test('turning leaves the plane turned about, and the others square to each other', () => {
    const oblique = turned(turned(planes, 'axial', 0.4), 'coronal', -1.1);
    expect(isUpright(turned(planes, 'axial', 0.4), 'axial')).toBe(true);
    expect(isUpright(oblique, 'axial')).toBe(false);
    for (const name of PLANE_NAMES) {
      const { normal, up } = oblique.axes[name];
      expect(dot(normal, up)).toBeCloseTo(0, 12);
      expect(dot(normal, normal)).toBeCloseTo(1, 12);
    }
    expect(dot(oblique.axes.axial.normal, oblique.axes.sagittal.normal)).toBeCloseTo(0, 12);
    expect(oblique.centre).toEqual(planes.centre);
  });

  test('turned there and back is where it was', () => {
    const back = turned(turned(planes, 'sagittal', 0.7), 'sagittal', -0.7);
    for (const name of PLANE_NAMES) expect(isUpright(back, name)).toBe(true);
  });

  test('a plane does not cut itself', () => {
    expect(cutDirection(planes.axes.axial, planes.axes.axial)).toBeNull();
    expect(cutDirection(planes.axes.axial, planes.axes.coronal)).toEqual(
      [1, 0, 0].map((x) => expect.closeTo(Math.abs(x))),
    );
  });
});
