import { describe, expect, test } from 'vitest';
import type { Frame, Series } from '../../viewer/frames';
import { agoText, counterpartOf, firstIndexIn } from './earlier';

const stack = (
  count: number,
  more: {
    normal?: 'axial' | 'coronal';
    modality?: string;
    description?: string;
    space?: string;
    from?: number;
  } = {},
): Series => {
  const { normal = 'axial', modality = 'CT', description = '', space = '1.1', from = 0 } = more;
  const isAxial = normal === 'axial';
  const frames = Array.from({ length: count }, (_, index) => ({
    modality,
    isPlaced: true,
    frame_of_reference_uid: space,
    plane: {
      origin: isAxial ? [0, 0, from + index * 5] : [0, from + index * 5, 0],
      rowDirection: [1, 0, 0],
      columnDirection: isAxial ? [0, 1, 0] : [0, 0, 1],
      spacing: { row: 1, column: 1 },
    },
  }));
  return { series_uid: `${normal}${count}`, modality, description, frames } as unknown as Series;
};

describe('how long ago', () => {
  test.each([
    [0, 'same day'],
    [1, '1 day earlier'],
    [13, '13 days earlier'],
    [21, '3 weeks earlier'],
    [245, '8 months earlier'],
    [1100, '3 years earlier'],
    [null, 'another date'],
  ])('%s days', (days_before, text) => {
    expect(agoText({ days_before })).toBe(text);
  });
});

describe('the series hung beside', () => {
  test('is of the same modality and the same section, then of the same name and length', () => {
    const here = stack(40, { description: 'lung' });
    const coronal = stack(40, { normal: 'coronal', description: 'lung' });
    const other = stack(40, { modality: 'MR' });
    const short = stack(3);
    const long = stack(38);
    expect(counterpartOf(here, [other, coronal, short, long])).toBe(long);
    const named = stack(3, { description: 'lung' });
    expect(counterpartOf(here, [long, named])).toBe(named);
    expect(counterpartOf(here, [])).toBeUndefined();
  });

  test('begins at the same place in one space, else as far through the stack', () => {
    const here = stack(11).frames as Frame[];
    const shifted = stack(11, { from: 10 }).frames as Frame[];
    expect(firstIndexIn(shifted, here, 5)).toBe(3);
    const elsewhere = stack(21, { space: '1.2', from: 900 }).frames as Frame[];
    expect(firstIndexIn(elsewhere, here, 5)).toBe(10);
    expect(firstIndexIn(stack(1, { space: '' }).frames as Frame[], here, 10)).toBe(0);
    expect(firstIndexIn([], here, 5)).toBe(0);
  });
});
