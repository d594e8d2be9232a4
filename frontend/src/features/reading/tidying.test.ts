// @vitest-environment jsdom
/** Segments tidied and combined, on one slice and through a stack. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Mask, maskFrom, runsOf } from '../../geometry/mask';
import { editNear, fillHoles, largestIsland, smooth } from '../../geometry/tidy';
import { patientPoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import { type Segment, segmentsOf } from './items';
import { label, schemaOf } from './schemaBench';
import { combinedWith, EDITS, edited, segmentOn, withRuns } from './segmentEdits';
import { useReading } from './store';
import { tidyCommands } from './tidyCommands';

const SIZE = { columns: 13, rows: 11 };
const PITCH = { column: 0.7, row: 0.4 };

const frames = [0, 1, 2, 4, 5].map(
  (z) =>
    ({
      sop_instance_uid: `1.${z}`,
      frame_number: 1,
      size: SIZE,
      isPlaced: true,
      plane: {
        origin: patientPoint(0, 0, 5 * z),
        rowDirection: [1, 0, 0],
        columnDirection: [0, 1, 0],
        spacing: PITCH,
      },
    }) as unknown as Frame,
);
const [first, , third] = frames as [Frame, Frame, Frame];
const schema = schemaOf(
  label('liver', 'segment', '1'),
  label('lesion', 'segment', '2'),
  label('vessel', 'segment', '3'),
);

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** A rectangle somewhere with pixels missing and pixels beside it. */
function rough(next: () => number): Mask {
  const [left, top] = [Math.floor(next() * 8), Math.floor(next() * 7)];
  const data = Uint8Array.from({ length: SIZE.columns * SIZE.rows }, (_, at) => {
    const [column, row] = [at % SIZE.columns, Math.floor(at / SIZE.columns)];
    const isIn = column >= left && column < left + 6 && row >= top && row < top + 5;
    return next() < (isIn ? 0.85 : 0.03) ? 1 : 0;
  });
  return { size: SIZE, data };
}

const room = () => useReading.getState();

function paint(key: string, frame: Frame, mask: Mask): void {
  room().paintSegments([withRuns(room().items, key, frame, runsOf(mask))], 'brush');
}

const maskOf = (items: ReturnType<typeof room>['items'], key: string, frame: Frame) => [
  ...maskFrom(segmentOn(items, key, frame)?.runs ?? [], SIZE).data,
];

const dataOf = ([segment]: Segment[]) => [...maskFrom(segment?.runs ?? [], SIZE).data];

const seeds = Array.from({ length: 12 }, (_, seed) => 6151 * (seed + 1));

beforeEach(() => {
  room().open({}, false);
  room().use('brush', 'liver');
  room().arrange({ otherSegment: 'lesion' });
  room().setPaint({ protectsOthers: false });
});

describe('an edit', () => {
  test.each(seeds)(
    'done near the segment alone is the edit of the whole image (seed %d)',
    (seed) => {
      const mask = rough(numbers(seed));
      for (const edit of [smooth, fillHoles, largestIsland])
        expect(runsOf(editNear(mask, 2, edit))).toEqual(runsOf(edit(mask)));
      expect(runsOf(EDITS.holes(mask))).toEqual(runsOf(fillHoles(mask)));
      expect(runsOf(editNear(mask, 0, (part) => part))).toEqual(runsOf(mask));
    },
  );

  test.each(seeds)(
    'gains nothing that other segments have, where they are left alone (%d)',
    (seed) => {
      const next = numbers(seed);
      for (const key of ['liver', 'lesion', 'vessel']) paint(key, first, rough(next));
      const { items } = room();
      const [own, lesion, vessel] = ['liver', 'lesion', 'vessel'].map((key) =>
        maskOf(items, key, first),
      ) as [number[], number[], number[]];
      const free = dataOf(edited(items, 'liver', first, EDITS.grow));
      const kept = dataOf(edited(items, 'liver', first, EDITS.grow, { protectsOthers: true }));
      kept.forEach((inside, at) => {
        const isOthers = !own[at] && (lesion[at] || vessel[at]);
        expect(inside).toBe(isOthers ? 0 : free[at]);
      });
      const union = dataOf(combinedWith(items, ['liver', 'lesion'], first, 'or'));
      const common = dataOf(combinedWith(items, ['liver', 'lesion'], first, 'and'));
      const beside = dataOf(combinedWith(items, ['liver', 'lesion'], first, 'or', true));
      own.forEach((inside, at) => {
        expect(union[at]).toBe(inside || lesion[at] ? 1 : 0);
        expect(common[at]).toBe(inside && lesion[at] ? 1 : 0);
        expect(beside[at]).toBe(inside || (lesion[at] && !vessel[at]) ? 1 : 0);
      });
    },
  );
});

describe('through all slices', () => {
  const run = (id: string) =>
    void tidyCommands(schema, frames)
      .find((command) => command.id === `segment.${id}Through`)
      ?.run();

  test.each(seeds)(
    'an edit is that of each slice, in one step, and only where it changes (%d)',
    (seed) => {
      const next = numbers(seed);
      const block = maskFrom([14, 3, 10, 3, 10, 3], SIZE);
      for (const frame of [first, third]) paint('liver', frame, rough(next));
      paint('liver', frames[4] as Frame, block);
      paint('lesion', third, rough(next));
      const { items, log } = room();
      for (const id of ['grow', 'smooth', 'holes'] as const) {
        const alone = frames.map((frame) =>
          segmentOn(items, 'liver', frame)
            ? dataOf([
                ...edited(items, 'liver', frame, EDITS[id]),
                segmentOn(items, 'liver', frame) as Segment,
              ])
            : maskOf({}, 'liver', frame),
        );
        run(id);
        expect(frames.map((frame) => maskOf(room().items, 'liver', frame))).toEqual(alone);
        for (const segment of room().log.done.at(-1)?.changes ?? [])
          expect(segment.after).not.toEqual(segment.before);
        while (room().log.done.length > log.done.length) room().undo();
        expect(room().items).toEqual(items);
      }
    },
  );

  test('the other segment is added, or what both have is kept', () => {
    const [left, right] = [maskFrom([14, 4], SIZE), maskFrom([16, 4], SIZE)];
    paint('liver', first, left);
    paint('lesion', first, right);
    paint('lesion', third, right);
    run('union');
    expect(segmentOn(room().items, 'liver', first)?.runs).toEqual([14, 6]);
    expect(segmentOn(room().items, 'liver', third)?.runs).toEqual([16, 4]);
    expect(segmentsOf(room().items)).toHaveLength(4);
    room().undo();
    run('common');
    expect(segmentOn(room().items, 'liver', first)?.runs).toEqual([16, 2]);
    expect(segmentOn(room().items, 'lesion', third)?.runs).toEqual([16, 4]);
  });

  test('the largest part is that of the stack, not of each slice', () => {
    const [thin, wide] = [maskFrom([14, 2], SIZE), maskFrom([80, 5], SIZE)];
    for (const frame of frames.slice(0, 4)) paint('liver', frame, thin);
    const both = maskFrom([14, 2, 64, 5], SIZE);
    paint('liver', first, both);
    paint('liver', frames[4] as Frame, wide);
    const steps = room().log.done.length;
    run('largest');
    expect(room().log.done.length).toBe(steps + 1);
    expect(frames.map((frame) => segmentOn(room().items, 'liver', frame)?.runs)).toEqual([
      [14, 2],
      [14, 2],
      [14, 2],
      [14, 2],
      [],
    ]);
    expect(room().log.done.at(-1)?.changes).toHaveLength(2);
  });

  test('nothing is offered where the images are no stack or the segment is nowhere', () => {
    const offered = (of: readonly Frame[]) =>
      tidyCommands(schema, of).filter(({ isEnabled }) => isEnabled?.()).length;
    expect(offered(frames)).toBe(0);
    paint('liver', third, maskFrom([14, 4], SIZE));
    expect(
      tidyCommands(schema, frames)
        .find(({ id }) => id === 'segment.growThrough')
        ?.isEnabled?.(),
    ).toBe(true);
    expect(offered([third])).toBe(6 + 1);
  });
});
