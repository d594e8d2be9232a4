import { describe, expect, test } from 'vitest';
import { edgeLetters } from '../geometry/orientation';
import { imageToPatient, patientToImage } from '../geometry/plane';
import { imagePoint } from '../geometry/units';
import { breastGaze, hangBreast, turnOf } from './breastHanging';
import { breastViewOf, nameOfView, stackOfView } from './breastViews';
import type { DicomObject } from './dicomJson';
import { type Frame, seriesOf } from './frames';

const texts = (tags: Record<string, readonly unknown[]>): DicomObject =>
  Object.fromEntries(Object.entries(tags).map(([tag, Value]) => [tag, { Value }]));

let count = 0;

function mammogram(more: Record<string, readonly unknown[]> = {}): DicomObject {
  count += 1;
  return texts({
    '0020000D': ['1.1'],
    '0020000E': ['1.1.1'],
    '00080018': [`1.1.1.${count}`],
    '00080060': ['MG'],
    '00280010': [400],
    '00280011': [300],
    '00181164': [0.1, 0.1],
    '00200062': ['R'],
    '00185101': ['CC'],
    '00200020': ['P', 'L'],
    ...more,
  });
}

function frameOf(more: Record<string, readonly unknown[]> = {}): Frame {
  return seriesOf('p', [mammogram(more)])[0]?.frames[0] as Frame;
}

const code = (value: string, ...modifiers: string[]) => ({
  '00080100': { Value: [value] },
  '00540222': { Value: modifiers.map((modifier) => ({ '00080100': { Value: [modifier] } })) },
});

describe('which view a mammogram is', () => {
  test('by the code where there is one, else by its position', () => {
    const oblique = mammogram({ '00540220': [code('R-10226')], '00185101': ['ML'] });
    expect(breastViewOf(oblique)).toEqual({ laterality: 'R', position: 'MLO', isModified: false });
    expect(nameOfView(frameOf({ '00200062': ['L'] }))).toBe('L CC');
    expect(breastViewOf(mammogram({ '00540220': [code('399162004', 'R-102D6')] }))).toMatchObject({
      position: 'CC',
      isModified: true,
    });
  });

  test('none without a side, and none of other modalities', () => {
    expect(breastViewOf(mammogram({ '00200062': ['B'] }))).toBeNull();
    expect(breastViewOf(mammogram({ '00080060': ['DX'] }))).toBeNull();
  });

  test('one view is a stack of its own: plain before magnified, processed instead of raw', () => {
    const magnified = mammogram({ '00540220': [code('R-10242', 'R-102D6')] });
    const plain = mammogram({ '0020000E': ['1.1.2'] });
    const raw = mammogram({ '0020000E': ['1.1.3'], '00080068': ['FOR PROCESSING'] });
    const other = mammogram({ '00200062': ['L'] });
    const slices = mammogram({ '00280008': [3], '0020000E': ['1.1.4'] });
    const series = seriesOf('p', [magnified, raw, other, plain, slices]);
    const stack = stackOfView(series, 'R CC');
    const uid = (object: DicomObject) => object['00080018']?.Value?.[0];
    expect(stack?.frames.map((frame) => frame.sop_instance_uid)).toEqual([
      uid(plain),
      uid(magnified),
    ]);
    expect(stackOfView(series, 'R CC')).toBe(stack);
    expect(stackOfView(series, 'R MLO')).toBeUndefined();
    expect(stackOfView(seriesOf('p', [slices]), 'R CC')?.frames).toHaveLength(3);
  });
});

describe('which way round it hangs', () => {
  const ways = ['A', 'P'].flatMap((across) =>
    ['R', 'L'].flatMap((down) => [
      [across, down],
      [down, across],
    ]),
  );

  test.each(
    ways.flatMap((way) => [
      ['R', ...way],
      ['L', ...way],
    ]),
  )('%s breast stored with %s at the right and %s below', (side, right, down) => {
    const frame = frameOf({ '00200062': [side], '00200020': [right, down] });
    const turn = turnOf(frame);
    expect(turn).not.toBeNull();
    const letters = edgeLetters(
      right as string,
      down as string,
      turn?.x ?? [0, 0],
      turn?.y ?? [0, 0],
    );
    expect(letters).toMatchObject({ [side === 'R' ? 'right' : 'left']: 'P', top: side });
  });

  test('an oblique view has the head at the top', () => {
    const frame = frameOf({ '00185101': ['MLO'], '00200020': ['A', 'HL'] });
    expect(turnOf(frame)).toEqual({ x: [-1, 0], y: [0, -1] });
  });

  test('as stored where the file does not say how the breast lies', () => {
    expect(turnOf(frameOf({ '00200020': [] }))).toBeNull();
    expect(hangBreast(frameOf({ '00200020': [] }), [], { width: 300, height: 300 })).toBeNull();
  });
});

describe('how large and where', () => {
  const right = frameOf();
  const left = frameOf({
    '00200062': ['L'],
    '00200020': ['P', 'R'],
    '00181164': [0.2, 0.2],
  });
  const size = { width: 300, height: 200 };

  test('the largest of all decides the scale, and the chest wall lies at the inner edge', () => {
    const hung = hangBreast(right, [left], size);
    // 80 mm of the larger one in 200 pixels
    expect(hung?.gaze.pixelsPerMillimetre).toBeCloseTo(2.5);
    const [x, y] = patientToImage(right.plane, hung?.gaze.place ?? right.plane.origin);
    // 300 pixels of screen are 120 mm: the middle lies 60 mm from the wall, 300 image pixels wide
    expect(x).toBeCloseTo(300 - 600);
    expect(y).toBeCloseTo(200);
    const [there] = patientToImage(
      left.plane,
      hangBreast(left, [right], size)?.gaze.place ?? left.plane.origin,
    );
    expect(there).toBeCloseTo(300 - 300);
  });

  test('the other breast looks as far from its chest wall, mirrored', () => {
    const gaze = {
      place: imageToPatient(right.plane, imagePoint(250, 150)),
      pixelsPerMillimetre: 3,
    };
    const other = breastGaze(right, gaze, left);
    // 5 mm from the wall and 5 mm above the middle, in pixels of 0.2 mm, wall at the stored right
    const [x, y] = patientToImage(left.plane, other?.place ?? left.plane.origin);
    expect([x, y]).toEqual([expect.closeTo(275), expect.closeTo(175)]);
    expect(other?.pixelsPerMillimetre).toBe(3);
  });
});
