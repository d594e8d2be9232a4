import { describe, expect, test } from 'vitest';
import type { DicomObject } from './dicomJson';
import { plainKindOf, plainValues } from './plainValues';

function image(more: Record<string, unknown> = {}): DicomObject {
  const said = {
    '00280002': 1,
    '00280004': 'MONOCHROME2',
    '00280010': 2,
    '00280011': 2,
    '00280100': 16,
    '00280101': 16,
    '00280103': 1,
    ...more,
  };
  return Object.fromEntries(Object.entries(said).map(([tag, one]) => [tag, { Value: [one] }]));
}

const rescale = (slope: number, intercept: number) => ({
  '00281053': slope,
  '00281052': intercept,
});

function read(stored: Int16Array | Uint16Array | Uint8Array, more: Record<string, unknown> = {}) {
  const kind = plainKindOf(image(more));
  if (!kind) throw new Error('left to the loader');
  return plainValues(stored.slice().buffer as ArrayBuffer, kind);
}

describe('values of plain frames', () => {
  test('are slope times stored plus intercept, with their ends, in the smallest type', () => {
    const ct = read(Int16Array.of(-1000, 0, 40, 3000), rescale(1, -24));
    expect([...ct.values]).toEqual([-1024, -24, 16, 2976]);
    expect([ct.least, ct.most, ct.values.constructor]).toEqual([-1024, 2976, Int16Array]);
    const inverted = read(Int16Array.of(1, 2, 3, 4), rescale(-100, 50));
    expect([...inverted.values]).toEqual([-50, -150, -250, -350]);
    expect([inverted.least, inverted.most]).toEqual([-350, -50]);
    const dark = read(Uint16Array.of(0, 7, 255, 3), { '00280103': 0 });
    expect([[...dark.values], dark.values.constructor]).toEqual([[0, 7, 255, 3], Uint8Array]);
    const wide = read(Uint16Array.of(0, 65_535, 1, 2), { '00280103': 0, ...rescale(1, -1024) });
    expect([[...wide.values], wide.values.constructor]).toEqual([
      [-1024, 64_511, -1023, -1022],
      Float32Array,
    ]);
  });

  test('with fractions are those of single precision', () => {
    const { values, least, most } = read(Int16Array.of(3, 0, 10, 7), rescale(0.1, -0.3));
    expect([...values]).toEqual([3, 0, 10, 7].map((one) => Math.fround(one * 0.1 - 0.3)));
    expect([least, most]).toEqual([values[1], values[2]]);
  });

  test('take their sign from the bits that count, whatever stands above them', () => {
    const twelve = { '00280101': 12 };
    const { values } = read(Int16Array.of(0x0fff, 0x0800, 0x07ff, 0x7001), twelve);
    expect([...values]).toEqual([-1, -2048, 2047, 1]);
    const eight = { '00280100': 8, '00280101': 8 };
    expect([...read(Uint8Array.of(0xff, 0x80, 0x7f, 0), eight).values]).toEqual([-1, -128, 127, 0]);
  });

  test('of a frame that was cut off are none', () => {
    expect(() => read(Int16Array.of(1, 2, 3))).toThrow();
  });

  test('that take more than a slope are left to the loader', () => {
    for (const more of [
      { '00280002': 3, '00280004': 'RGB' },
      { '00280004': 'PALETTE COLOR' },
      { '00280100': 32, '00280101': 32 },
      { '00280100': 1, '00280101': 1 },
      { '00080060': 'PT' },
      { '00283000': {} },
      { '00283010': {} },
      { '00281056': 'SIGMOID' },
      rescale(0, 5),
    ])
      expect(plainKindOf(image(more))).toBeNull();
    expect(plainKindOf(image({ '00281056': 'LINEAR' }))).not.toBeNull();
  });
});
