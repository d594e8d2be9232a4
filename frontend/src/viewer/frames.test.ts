import { describe, expect, test } from 'vitest';
import type { DicomElement, DicomObject } from './dicomJson';
import { frameUrl, seriesOf } from './frames';
import { rangeToWindow, windowChoices, windowFromValues, windowToRange } from './greyWindows';
import { acceptAt, earlyLevel, halved, isLarge, isWhole, shareFor, syntaxOf } from './largeFrames';
import { loadProblemOf } from './loadProblem';
import { nearestFirst } from './prefetch';

const of = (...Value: unknown[]): DicomElement => ({ Value });

function object(more: Record<string, DicomElement> = {}): DicomObject {
  return {
    '0020000D': of('1.1'),
    '0020000E': of('1.1.1'),
    '00080018': of('1.1.1.1'),
    '00080060': of('CT'),
    '00280010': of(512),
    '00280011': of(256),
    '00200013': of(1),
    ...more,
  };
}

const slice = (number: number, z: number): DicomObject =>
  object({
    '00080018': of(`1.1.1.${number}`),
    '00200013': of(number),
    '00200032': of(0, 0, z),
    '00200037': of(1, 0, 0, 0, 1, 0),
    '00280030': of(0.7, 0.6),
    '00281053': of(1),
  });

const only = (objects: DicomObject[]) => {
  const frame = seriesOf('p', objects)[0]?.frames[0];
  if (!frame) throw new Error('no frame');
  return frame;
};

describe('frames of a study', () => {
  test('slices are ordered by place, running the way the scanner numbered them', () => {
    const heads = (objects: DicomObject[]) =>
      seriesOf('p', objects)[0]?.frames.map((frame) => frame.sop_instance_uid);
    const up = [slice(2, 20), slice(1, 10), slice(3, 30)];
    expect(heads(up)).toEqual(['1.1.1.1', '1.1.1.2', '1.1.1.3']);
    const down = [slice(2, 20), slice(1, 30), slice(3, 10)];
    expect(heads(down)).toEqual(['1.1.1.1', '1.1.1.2', '1.1.1.3']);
    const misnumbered = [slice(1, 10), slice(2, 30), slice(3, 20), slice(4, 40)];
    expect(heads(misnumbered)).toEqual(['1.1.1.1', '1.1.1.3', '1.1.1.2', '1.1.1.4']);
  });

  test('series come in the order of their numbers and objects without pixels are left out', () => {
    const second = object({ '0020000E': of('1.1.2'), '00200011': of(2) });
    const first = object({ '00200011': of(1) });
    const report: DicomObject = { '0020000E': of('1.1.3'), '00080060': of('SR') };
    expect(seriesOf('p', [second, report, first]).map((one) => one.series_uid)).toEqual([
      '1.1.1',
      '1.1.2',
    ]);
  });

  test('each frame of a multi-frame object has its own place and shares what is shared', () => {
    const place = (z: number): DicomObject => ({
      '00209113': of({ '00200032': of(0, 0, z) }),
    });
    const shared: DicomObject = {
      '00209116': of({ '00200037': of(1, 0, 0, 0, 1, 0) }),
      '00289110': of({ '00280030': of(0.5, 0.25) }),
    };
    const frames = seriesOf('p', [
      object({
        '00280008': of('2'),
        '52009229': of(shared),
        '52009230': of(place(5), place(8)),
      }),
    ])[0]?.frames;
    expect(frames?.map((frame) => frame.plane.origin[2])).toEqual([5, 8]);
    expect(frames?.map((frame) => frame.frame_number)).toEqual([1, 2]);
    expect(frames?.[1]?.spacing).toEqual({ row: 0.5, column: 0.25 });
    expect(frames?.[1]?.attributes['52009230']).toBeUndefined();
  });

  test('row spacing comes first in the file and is the distance down', () => {
    const frame = only([slice(1, 0)]);
    expect(frame.spacing).toEqual({ row: 0.7, column: 0.6 });
    expect(frame.spacingKind).toBe('patient');
    expect(frame.valueUnit).toBe('HU');
  });

  test('spacing at the detector is used and called so; none is called none', () => {
    expect(only([object({ '00181164': of(0.2, 0.2) })]).spacingKind).toBe('detector');
    const bare = only([object({ '00280034': of(2, 1) })]);
    expect(bare.spacing).toBeNull();
    expect(bare.plane.spacing).toEqual({ row: 2, column: 1 });
  });

  test('an image without a place lies at the origin, and its letters come from the file', () => {
    const frame = only([object({ '00200020': of('L', 'F') })]);
    expect(frame.isPlaced).toBe(false);
    expect(frame.plane.origin).toEqual([0, 0, 0]);
    expect(frame.edge).toEqual({ right: 'L', down: 'F' });
    expect(frame.attributes['00200052']?.Value).toEqual(['1.1.1']);
  });

  test('nothing from a file can leave its place in an address', () => {
    expect(frameUrl('p', { study: '1', series: '../x', instance: 'a?b' }, 1)).toBe(
      '/dicomweb/p/studies/1/series/..%2Fx/instances/a%3Fb/frames/1',
    );
  });
});

describe('windows', () => {
  test("the protocol's own window comes first, then auto, then the customary ones", () => {
    const frame = only([
      { ...slice(1, 0), '00281050': of(50, 30), '00281051': of(350, 0.5), '00281055': of('CHEST') },
    ]);
    const names = windowChoices(frame).map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['CHEST', 'Auto', 'Soft tissue']);
    expect(names).toContain('Lung');
    const keys = windowChoices(frame).map(({ shortcut }) => shortcut);
    expect(new Set(keys.filter(Boolean)).size).toBe(keys.filter(Boolean).length);
    expect(keys[0]).toBe('alt+1');
  });

  test("a reader's own stand among them, and take a digit from what had it before", () => {
    const frame = only([{ ...slice(1, 0), '00281050': of(50), '00281051': of(350) }]);
    const own = { modality: 'CT', unit: 'HU', center: 30, width: 90, digit: 3 };
    const choices = windowChoices(frame, [
      { ...own, name: 'Lung' },
      { ...own, name: 'Elsewhere', unit: '' },
      { ...own, name: 'MR', modality: 'MR' },
    ]);
    const [protocol, mine] = choices;
    expect(protocol?.shortcut).toBe('alt+1');
    expect(mine).toEqual({
      name: 'Lung',
      window: { center: 30, width: 90 },
      isOwn: true,
      shortcut: 'alt+3',
    });
    expect(choices.filter(({ shortcut }) => shortcut === 'alt+3')).toEqual([mine]);
    expect(choices.map(({ name }) => name)).not.toContain('MR');
    expect(choices).toHaveLength(windowChoices(frame).length + 1);
  });

  test('colour images have none', () => {
    expect(windowChoices(only([object({ '00280002': of(3) })]))).toEqual([]);
  });

  test('a window from the values leaves out stray ones', () => {
    const values = Float32Array.from({ length: 10_000 }, (_, index) => index % 1000);
    values[5] = 60_000;
    const { center, width } = windowFromValues(values);
    expect(Math.abs(center - 499.5)).toBeLessThan(2);
    expect(width).toBeLessThan(1000);
    expect(windowFromValues([7, 7, 7])).toEqual({ center: 8, width: 1 });
    // fractions, such as uptake in g/ml, are grey and not only black and white
    expect(windowToRange(windowFromValues([0, 0.5, 1]))).toEqual({ lower: 0, upper: 1 });
  });

  test('window to range and back is the same window', () => {
    const window = { center: -600, width: 1500 };
    expect(windowToRange(window)).toEqual({ lower: -1350, upper: 149 });
    expect(rangeToWindow(windowToRange(window))).toEqual(window);
  });
});

describe('loading', () => {
  test('frames near the one on screen come first, the way forward before the way back', () => {
    expect(nearestFirst(1, 5, 3)).toEqual([2, 0, 3, 4]);
  });

  test('a refusal, a lost connection and a broken image read differently', () => {
    const titles = [{ status: 404 }, { status: 0 }, { status: 503 }, new Error('bad codestream')]
      .map(loadProblemOf)
      .map(({ title }) => title);
    expect(new Set(titles).size).toBe(4);
    expect(loadProblemOf(new Error('x')).title).toMatch(/decoded/);
  });
});

describe('large frames', () => {
  const mammogram = object({
    '00280010': of(4096),
    '00280011': of(3328),
    '00280100': of(16),
    '00280030': of(0.07, 0.065),
  });

  test('are those the server keeps as HTJ2K, but no colour of more than 8 bits', () => {
    const sized = (rows: number, columns: number, bits: number, samples = 1) =>
      isLarge(
        object({
          '00280010': of(rows),
          '00280011': of(columns),
          '00280100': of(bits),
          '00280002': of(samples),
        }),
      );
    expect(sized(2048, 1024, 16)).toBe(true);
    expect(sized(2047, 1024, 16)).toBe(false);
    expect(sized(1200, 1200, 8, 3)).toBe(true);
    expect(sized(1200, 1200, 16, 3)).toBe(false);
  });

  test('have an early picture about as large as a screen, early in their bytes', () => {
    const level = earlyLevel({ rows: 4096, columns: 3328 });
    expect(level).toBe(2);
    expect(shareFor(level)).toBeCloseTo(0.1);
    expect(earlyLevel({ rows: 1300, columns: 1300 })).toBe(0);
    const early = halved(mammogram, level);
    expect(early['00280010']?.Value).toEqual([1024]);
    expect(early['00280011']?.Value).toEqual([832]);
    expect(early['00280030']?.Value).toEqual([0.28, 0.26]);
  });

  test('are asked for as HTJ2K unless the connection is faster than unpacking', () => {
    expect(acceptAt(0)).toMatch(/^image\/jphc; transfer-syntax=1\.2\.840\.10008\.1\.2\.4\.202, /);
    expect(acceptAt(100_000)).not.toMatch(/jphc/);
    expect(syntaxOf('image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202')).toMatch(/202$/);
    expect(syntaxOf('application/octet-stream')).toBe('1.2.840.10008.1.2.1');
  });

  test('that were cut short are not taken for whole', () => {
    expect(isWhole(Uint8Array.of(0xff, 0x4f, 0xff, 0xd9))).toBe(true);
    expect(isWhole(Uint8Array.of(0xff, 0x4f, 0xff))).toBe(false);
  });
});
