import { describe, expect, test } from 'vitest';
import { affineFrom, scaleOf, toCanvas, toImage } from './affine';
import { lengthInMillimetres, roundLengthUpTo } from './measure';
import { edgeLetters, lettersOf, oppositeLetters } from './orientation';
import {
  type ImagePlane,
  imageToIndex,
  imageToPatient,
  indexToImage,
  patientToImage,
  positionAlongNormal,
} from './plane';
import {
  boundingBox,
  clampToImage,
  distanceToSegment,
  pixelAt,
  polygonArea,
  simplify,
  translateWithin,
} from './points';
import { canvasPoint, type ImagePoint, imagePoint, millimetres, patientPoint } from './units';

const size = { columns: 100, rows: 50 };
const spacing = { row: millimetres(0.5), column: millimetres(0.25) };

describe('half a pixel', () => {
  test('the centre of the first pixel is (0.5, 0.5) for us and (0, 0) as an index', () => {
    expect(imageToIndex(imagePoint(0.5, 0.5))).toEqual([0, 0]);
    expect(indexToImage([0, 0])).toEqual([0.5, 0.5]);
    expect(imageToIndex(imagePoint(0, 0))).toEqual([-0.5, -0.5]);
  });

  test('the origin of a plane is the centre of the first pixel, not its corner', () => {
    const plane: ImagePlane = {
      origin: patientPoint(10, 20, 30),
      rowDirection: [1, 0, 0],
      columnDirection: [0, 1, 0],
      spacing,
    };
    expect(imageToPatient(plane, imagePoint(0.5, 0.5))).toEqual([10, 20, 30]);
    expect(imageToPatient(plane, imagePoint(1.5, 2.5))).toEqual([10.25, 21, 30]);
  });
});

describe('planes', () => {
  const oblique: ImagePlane = {
    origin: patientPoint(-120.3, 44.1, 801.7),
    rowDirection: [0.8, 0.6, 0],
    columnDirection: [0, 0, -1],
    spacing,
  };

  test('image to patient and back is the same place on an oblique plane', () => {
    for (const [x, y] of [
      [0, 0],
      [511.99, 0.01],
      [-3.25, 700.125],
    ] as const) {
      const back = patientToImage(oblique, imageToPatient(oblique, imagePoint(x, y)));
      expect(back[0]).toBeCloseTo(x, 9);
      expect(back[1]).toBeCloseTo(y, 9);
    }
  });

  test('the position along the normal does not depend on where in the plane it is taken', () => {
    const moved = { ...oblique, origin: imageToPatient(oblique, imagePoint(30, 40)) };
    expect(positionAlongNormal(moved)).toBeCloseTo(positionAlongNormal(oblique), 9);
  });
});

describe('points', () => {
  const square = [
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
  ].map(([x = 0, y = 0]) => imagePoint(x, y));

  test('an area is the same whichever way round the outline was drawn', () => {
    expect(polygonArea(square)).toBe(16);
    expect(polygonArea([...square].reverse())).toBe(16);
  });

  test('a box dragged from any corner comes out the same', () => {
    const [a, b] = [imagePoint(9, 2), imagePoint(3, 8)];
    expect(boundingBox([a, b])).toEqual([
      [3, 2],
      [9, 8],
    ]);
    expect(boundingBox([b, a])).toEqual(boundingBox([a, b]));
  });

  test('a point off the image comes to its border, and the far border is the last pixel', () => {
    expect(clampToImage(imagePoint(-4, 51), size)).toEqual([0, 50]);
    expect(pixelAt(imagePoint(100, 50), size)).toEqual({ column: 99, row: 49 });
    expect(pixelAt(imagePoint(0.99, 1), size)).toEqual({ column: 0, row: 1 });
  });

  test('a mark moved against the border stops there and keeps its shape', () => {
    const moved = translateWithin([imagePoint(80, 10), imagePoint(90, 20)], [50, -30], size);
    expect(moved).toEqual([
      [90, 0],
      [100, 10],
    ]);
  });

  test('distance to a segment ends at its ends', () => {
    expect(distanceToSegment([5, 3], [0, 0], [10, 0])).toBe(3);
    expect(distanceToSegment([13, 4], [0, 0], [10, 0])).toBe(5);
    expect(distanceToSegment([3, 4], [0, 0], [0, 0])).toBe(5);
  });

  test('a thinned-out line never strays farther than allowed from the points taken away', () => {
    const wave: ImagePoint[] = Array.from({ length: 400 }, (_, index) =>
      imagePoint(index / 4, 20 + 8 * Math.sin(index / 15)),
    );
    const thin = simplify(wave, 0.2);
    expect(thin.length).toBeLessThan(80);
    expect(thin[0]).toEqual(wave[0]);
    expect(thin.at(-1)).toEqual(wave.at(-1));
    for (const point of wave) {
      const away = Math.min(
        ...thin.slice(1).map((end, index) => distanceToSegment(point, thin[index] ?? end, end)),
      );
      expect(away).toBeLessThanOrEqual(0.2 + 1e-9);
    }
  });
});

describe('the map from image to screen', () => {
  const turned = affineFrom([300, 40], [300, 42.5], [295, 40]);

  test('a turned and stretched image maps there and back', () => {
    for (const [x, y] of [
      [0, 0],
      [12.25, 99],
    ] as const) {
      const back = toImage(turned, toCanvas(turned, imagePoint(x, y)));
      expect(back[0]).toBeCloseTo(x, 9);
      expect(back[1]).toBeCloseTo(y, 9);
    }
  });

  test('scale is the mean of both axes', () => {
    expect(scaleOf(turned)).toBeCloseTo(Math.sqrt(2.5 * 5), 9);
  });

  test('an image of no size has no way back', () => {
    expect(() => toImage(affineFrom([0, 0], [0, 0], [0, 0]), canvasPoint(1, 1))).toThrow(
      RangeError,
    );
  });
});

describe('measures', () => {
  test('a length counts rows and columns in their own spacing', () => {
    expect(lengthInMillimetres(imagePoint(0, 0), imagePoint(12, 8), spacing)).toBe(5);
  });

  test('scale bars have round lengths', () => {
    expect(roundLengthUpTo(99)).toBe(50);
    expect(roundLengthUpTo(20)).toBe(20);
    expect(roundLengthUpTo(1.9)).toBe(1);
    expect(roundLengthUpTo(0.7)).toBeCloseTo(0.5, 12);
  });
});

describe('orientation letters', () => {
  test('directions are named by their strongest sides', () => {
    expect(lettersOf([1, 0, 0])).toBe('L');
    expect(lettersOf([0, 0, -1])).toBe('F');
    expect(lettersOf([-0.5, -0.85, 0.1])).toBe('AR');
    expect(oppositeLetters('AR')).toBe('PL');
  });

  test('an untouched axial image has R left, L right, A on top', () => {
    expect(edgeLetters('L', 'P', [1, 0], [0, 1])).toEqual({
      left: 'R',
      right: 'L',
      top: 'A',
      bottom: 'P',
    });
  });

  test('a quarter turn to the right brings the left edge to the top', () => {
    expect(edgeLetters('L', 'P', [0, 1], [-1, 0])).toEqual({
      top: 'R',
      bottom: 'L',
      right: 'A',
      left: 'P',
    });
  });

  test('a mirrored image has its letters exchanged', () => {
    expect(edgeLetters('L', 'P', [-1, 0], [0, 1])).toMatchObject({ left: 'L', right: 'R' });
  });

  test('an image that does not say has no letters', () => {
    expect(edgeLetters('', '', [1, 0], [0, 1])).toEqual({
      left: '',
      right: '',
      top: '',
      bottom: '',
    });
  });
});
