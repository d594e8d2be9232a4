/** What is said of how large a segment is. */
import { describe, expect, test } from 'vitest';
import { patientPoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import { segmentSizeText, volumeOf } from './segmentSize';

/** Slices of 0.5 × 0.8 mm pixels at these heights, running along z. */
const stack = (heights: readonly number[], more: Partial<Frame> = {}): Frame[] =>
  heights.map((z, index) => ({
    sop_instance_uid: `1.${index}`,
    frame_number: 1,
    size: { columns: 100, rows: 100 },
    isPlaced: true,
    spacing: { column: 0.5, row: 0.8 },
    spacingKind: 'patient',
    plane: {
      origin: patientPoint(0, 0, z),
      rowDirection: [1, 0, 0],
      columnDirection: [0, 1, 0],
      spacing: { column: 0.5, row: 0.8 },
    },
    ...more,
  })) as unknown as Frame[];

const painted = (index: number, pixels: number) => ({
  sop_instance_uid: `1.${index}`,
  frame_number: 1,
  runs: pixels ? [3, pixels] : [],
});

describe('the size of a segment', () => {
  const even = stack([0, 2.5, 5, 7.5]);

  test('is a volume where slices are stacked, whatever way they run', () => {
    const everywhere = [0, 1, 2, 3].map((index) => painted(index, 1000));
    // 4 × 1000 pixels of 0.4 mm², 2.5 mm each
    expect(volumeOf(everywhere, even)).toBeCloseTo(4000);
    expect(segmentSizeText(everywhere, even)).toBe('4.0 cm³ · 4 slices');
    expect(volumeOf(everywhere, stack([7.5, 5, 2.5, 0]))).toBeCloseTo(4000);
    expect(segmentSizeText([painted(0, 10), painted(1, 20)], even)).toBe('30 mm³ · 2 slices');
  });

  test('counts a slice for half of the way to its neighbours where gaps differ', () => {
    const uneven = stack([0, 1, 4, 10]);
    const volumes = [0, 1, 2, 3].map((index) => volumeOf([painted(index, 10)], uneven));
    expect(volumes.map((volume) => (volume as number) / 4)).toEqual([1, 2, 4.5, 6]);
  });

  test('is an area on one slice, and pixels where the spacing is not that of the patient', () => {
    expect(segmentSizeText([painted(1, 1000), painted(2, 0)], even)).toBe('400 mm²');
    expect(segmentSizeText([painted(1, 10)], even)).toBe('4.0 mm²');
    expect(segmentSizeText([painted(1, 10)], stack([0, 1], { spacingKind: 'detector' }))).toBe(
      '10 px²',
    );
    expect(segmentSizeText([painted(1, 0)], even)).toBe('empty');
  });

  test('says no volume of images that are no stack, or of what lies in another series', () => {
    const two = [painted(0, 10), painted(1, 10)];
    expect(segmentSizeText(two, stack([0, 0]))).toBe('2 slices');
    expect(segmentSizeText(two, stack([0, 1], { spacingKind: 'detector' }))).toBe('2 slices');
    expect(segmentSizeText([painted(0, 10), painted(9, 10)], even)).toBe('2 slices');
  });
});
