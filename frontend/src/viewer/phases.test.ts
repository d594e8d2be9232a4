import { describe, expect, test } from 'vitest';
import type { DicomElement, DicomObject } from './dicomJson';
import { seriesOf } from './frames';
import { firstTimeOf, momentWith, throughTime } from './moments';

const of = (...Value: unknown[]): DicomElement => ({ Value });

/** An image at a height of `z` mm, the `number`-th of its series. */
const image = (number: number, z: number, more: Record<string, DicomElement>): DicomObject => ({
  '0020000D': of('1.1'),
  '0020000E': of('1.1.1'),
  '00080018': of(`1.1.1.${number}`),
  '00080060': of('MR'),
  '00280010': of(64),
  '00280011': of(64),
  '00200013': of(number),
  '00200032': of(0, 0, z),
  '00200037': of(1, 0, 0, 0, 1, 0),
  '00280030': of(1, 1),
  ...more,
});

type Says = (phase: number, slice: number) => Record<string, DicomElement>;

/** Slices 5 mm apart, each imaged at every time before the next one, as cine MR is. */
const sliceBySlice = (says: Says, slices = 5, phases = 3): DicomObject[] =>
  Array.from({ length: slices * phases }, (_, at) => {
    const [slice, phase] = [Math.floor(at / phases), at % phases];
    return image(at + 1, slice * 5, says(phase, slice));
  });

function read(objects: DicomObject[]) {
  const [series] = seriesOf('p', objects);
  if (!series) throw new Error('no series');
  return series;
}

/** Names and numbers of the images of each phase. */
const told = (objects: DicomObject[]) =>
  read(objects).phases?.map(({ name, stack }) => [
    name,
    stack.frames.map(({ sop_instance_uid }) => Number(sop_instance_uid.split('.').at(-1))),
  ]);

const APART = [
  [1, 4, 7, 10, 13],
  [2, 5, 8, 11, 14],
  [3, 6, 9, 12, 15],
];
const named = (...names: string[]) => names.map((name, at) => [name, APART[at]]);

describe('the times of a series', () => {
  test.each<[string, Says, string[]]>([
    ['position in time', (phase) => ({ '00200100': of(phase + 1) }), ['', '', '']],
    ['index in time of a frame', (phase) => ({ '00209128': of(phase + 1) }), ['', '', '']],
    ['delay', (phase) => ({ '00181060': of(40 * phase) }), ['0 ms', '40 ms', '80 ms']],
    ['b-value', (phase) => ({ '00189087': of(400 * phase) }), ['b 0', 'b 400', 'b 800']],
    ['echo', (phase) => ({ '00180081': of(4 + phase) }), ['TE 4 ms', 'TE 5 ms', 'TE 6 ms']],
    ['acquisition', (phase) => ({ '00200012': of(phase + 1) }), ['', '', '']],
  ])('are told apart by their %s', (_, says, names) => {
    expect(told(sliceBySlice(says))).toEqual(named(...names));
  });

  test('are told apart by delay or by time of day also where each slice has its own', () => {
    const delays: Says = (phase, slice) => ({ '00181060': of(40 * phase + slice) });
    expect(told(sliceBySlice(delays))).toEqual(named('', '', ''));
    const clock: Says = (phase, slice) => ({ '00080032': of(`0959${10 + phase * 20 + slice}.5`) });
    expect(told(sliceBySlice(clock, 5, 2))).toEqual([
      ['', [1, 3, 5, 7, 9]],
      ['', [2, 4, 6, 8, 10]],
    ]);
  });

  test('are told apart by two signs where one does not do', () => {
    const both: Says = (phase) => ({
      '00189087': of(phase === 0 ? 0 : 800),
      ...(phase > 0 && { '00189089': of(phase === 1 ? 1 : 0, phase === 1 ? 0 : 1, 0) }),
    });
    expect(told(sliceBySlice(both))).toEqual([
      ['b 0', APART[0]],
      ['b 800', APART[2]],
      ['b 800', APART[1]],
    ]);
  });

  test('are left together where nothing tells them apart, or a place lacks one', () => {
    const timed: Says = (phase) => ({ '00200100': of(phase + 1) });
    expect(told(sliceBySlice(() => ({})))).toBeUndefined();
    expect(told(sliceBySlice(timed).slice(1))).toBeUndefined();
    expect(told(sliceBySlice(timed, 1, 5))).toBeUndefined();
    expect(told(sliceBySlice(timed, 6, 1))).toBeUndefined();
  });

  test('run the same way, and one slice can be followed through all of them', () => {
    const series = read(sliceBySlice((phase) => ({ '00200100': of(3 - phase) })));
    expect(firstTimeOf(series).frames.map(({ plane }) => plane.origin[2])).toEqual([
      0, 5, 10, 15, 20,
    ]);
    const through = throughTime(series, 2);
    expect(through.frames.map(({ plane }) => plane.origin[2])).toEqual([10, 10, 10]);
    expect(throughTime(series, 2)).toBe(through);
    const last = through.frames[2];
    expect(momentWith(series, (frame) => frame === last)).toEqual({ phase: 2, slice: 2 });
    expect(momentWith(series, () => false).slice).toBe(-1);
  });
});
