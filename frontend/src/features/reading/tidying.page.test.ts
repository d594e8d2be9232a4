/** Segments tidied and combined, on one slice and through a stack. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Mask, maskFrom, runsOf } from '../../geometry/mask';
import type { Tidying } from '../../geometry/stackEdit';
import { editNear, fillHoles } from '../../geometry/tidy';
import { patientPoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import type { Compute } from './computing';
import { segmentsOf } from './items';
import { label, schemaOf } from './schemaBench';
import { segmentOn, withRuns } from './segmentEdits';
import { editedAtOnce, here, slowly } from './stackBench';
import { giveEditUp, isEditing, leavesEditOpen, useStackEditing } from './stackEditing';
import { editOf, whyNoDepth } from './stackEdits';
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

/** What an edit leaves on each frame, whether it changes anything there or not. */
function leftBy(how: Tidying, on: readonly Frame[], protectsOthers = false): number[][] {
  const work = { how, key: 'liver', otherKey: 'lesion', width: how === 'smooth' ? 3 : 1 };
  const { items } = room();
  const changes = editedAtOnce(editOf(items, { ...work, frames: on, protectsOthers }));
  return on.map((frame, at) => {
    const change = changes.find(({ index }) => index === at);
    return change ? [...maskFrom(change.runs, SIZE).data] : maskOf(items, 'liver', frame);
  });
}

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
      expect(runsOf(editNear(mask, 1, fillHoles))).toEqual(runsOf(fillHoles(mask)));
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
      const [free] = leftBy('grow', [first]) as [number[]];
      const [kept] = leftBy('grow', [first], true) as [number[]];
      kept.forEach((inside, at) => {
        const isOthers = !own[at] && (lesion[at] || vessel[at]);
        expect(inside).toBe(isOthers ? 0 : free[at]);
      });
      const [union] = leftBy('union', [first]) as [number[]];
      const [common] = leftBy('common', [first]) as [number[]];
      const [beside] = leftBy('union', [first], true) as [number[]];
      const [alone] = leftBy('minusOthers', [first]) as [number[]];
      own.forEach((inside, at) => {
        expect(union[at]).toBe(inside || lesion[at] ? 1 : 0);
        expect(common[at]).toBe(inside && lesion[at] ? 1 : 0);
        expect(beside[at]).toBe(inside || (lesion[at] && !vessel[at]) ? 1 : 0);
        expect(alone[at]).toBe(inside && !lesion[at] && !vessel[at] ? 1 : 0);
      });
    },
  );
});

describe('through all slices', () => {
  const commandOf = (id: string, compute: Compute = here) =>
    tidyCommands(schema, frames, compute).find(({ id: known }) => known === `segment.${id}`);
  const run = async (id: string) => commandOf(`${id}Through`)?.run();

  test.each(seeds)(
    'an edit is one step, only where it changes, and taken back as a whole (%d)',
    async (seed) => {
      const next = numbers(seed);
      for (const frame of [first, third]) paint('liver', frame, rough(next));
      paint('liver', frames[4] as Frame, maskFrom([14, 3, 10, 3, 10, 3], SIZE));
      paint('lesion', third, rough(next));
      const { items, log } = room();
      for (const id of ['grow', 'shrink', 'smooth', 'holes'] as const) {
        const made = leftBy(id, frames);
        if (id === 'holes') expect(made).toEqual(frames.flatMap((frame) => leftBy(id, [frame])));
        await run(id);
        expect(frames.map((frame) => maskOf(room().items, 'liver', frame))).toEqual(made);
        expect(room().log.done.length).toBeLessThanOrEqual(log.done.length + 1);
        for (const segment of room().log.done.at(-1)?.changes ?? [])
          expect(segment.after).not.toEqual(segment.before);
        while (room().log.done.length > log.done.length) room().undo();
        const left = segmentsOf(room().items).filter(({ runs }) => runs.length > 0);
        expect(left).toEqual(segmentsOf(items));
      }
    },
  );

  test('a wide margin reaches the slices beside, a narrow one does not', async () => {
    const dot = maskFrom([71, 1], SIZE);
    paint('liver', third, dot);
    room().arrange({ margin: 4.9 });
    await run('grow');
    expect(segmentsOf(room().items)).toHaveLength(1);
    room().undo();
    room().arrange({ margin: 5 });
    await run('grow');
    // 5 mm to the slice before, 10 mm to the one after
    expect(segmentOn(room().items, 'liver', frames[1] as Frame)?.runs).toEqual([71, 1]);
    expect(segmentOn(room().items, 'liver', frames[3] as Frame)).toBeUndefined();
    room().arrange({ margin: 1 });
  });

  test('an edit begins anew where a segment was painted meanwhile, and keeps the stroke', async () => {
    paint('liver', first, maskFrom([14, 4], SIZE));
    const { compute, asked, answer } = slowly();
    const running = commandOf('growThrough', compute)?.run();
    expect(isEditing()).toBe(true);
    expect(useStackEditing.getState().share).toBe(0.5);
    expect(commandOf('smooth')?.isEnabled?.()).toBe(false);
    paint('lesion', third, maskFrom([16, 4], SIZE));
    paint('liver', first, maskFrom([14, 6], SIZE));
    answer();
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked).toHaveLength(2);
    const [expected] = leftBy('grow', [first]);
    answer();
    await running;
    expect(isEditing()).toBe(false);
    expect(maskOf(room().items, 'liver', first)).toEqual(expected);
    expect(maskOf(room().items, 'lesion', third)).toEqual([...maskFrom([16, 4], SIZE).data]);
  });

  test('an edit that is given up changes nothing, and holds back submitting until then', async () => {
    paint('liver', first, maskFrom([14, 4], SIZE));
    const { items } = room();
    const { compute } = slowly();
    const running = commandOf('growThrough', compute)?.run();
    expect(leavesEditOpen()).toBe(true);
    giveEditUp();
    await running;
    expect(room().items).toBe(items);
    expect(leavesEditOpen()).toBe(false);
  });

  describe('is taken over in pieces', () => {
    const turn = () => new Promise((resolve) => setTimeout(resolve));
    const begin = () => {
      for (const frame of frames) paint('liver', frame, maskFrom([14, 4], SIZE));
      // a clock that says of every slice that it took long
      let now = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
      return { running: run('grow'), ...room() };
    };
    afterEach(() => vi.restoreAllMocks());

    test('that show nothing of it, and then all of it in one step', async () => {
      const { running, items, log } = begin();
      let turns = 0;
      for (; isEditing(); turns += 1) {
        expect(room().items).toBe(items);
        await turn();
      }
      await running;
      expect(turns).toBeGreaterThan(frames.length);
      expect(room().log.done).toHaveLength(log.done.length + 1);
      expect(room().log.done.at(-1)?.changes).toHaveLength(frames.length);
      room().undo();
      expect(room().items).toEqual(items);
    });

    test('and leaves everything as it was where it is given up between two', async () => {
      const { running, items, log } = begin();
      await turn();
      await turn();
      giveEditUp();
      await running;
      expect(room().items).toBe(items);
      expect(room().log).toBe(log);
    });

    test('and keeps a stroke that is drawn between two', async () => {
      const { running } = begin();
      await turn();
      await turn();
      paint('liver', first, maskFrom([14, 9], SIZE));
      const [expected] = leftBy('grow', [first]);
      await running;
      expect(maskOf(room().items, 'liver', first)).toEqual(expected);
      room().undo();
      expect(segmentOn(room().items, 'liver', first)?.runs).toEqual([14, 9]);
    });
  });

  test('nothing is grown from slice to slice where spacing is not known', async () => {
    const unknown = frames.map((frame) => ({ ...frame, spacing: null }));
    expect(whyNoDepth(frames)).toBeNull();
    expect(whyNoDepth(unknown)).toContain('how large');
    paint('liver', third, maskFrom([71, 1], SIZE));
    const offered = tidyCommands(schema, unknown).filter(({ isEnabled }) => isEnabled?.());
    expect(offered.map(({ id }) => id)).not.toContain('segment.growThrough');
    expect(offered.map(({ id }) => id)).toContain('segment.holesThrough');
  });

  test('the other segment is added, or what both have is kept', async () => {
    const [left, right] = [maskFrom([14, 4], SIZE), maskFrom([16, 4], SIZE)];
    paint('liver', first, left);
    paint('lesion', first, right);
    paint('lesion', third, right);
    await run('union');
    expect(segmentOn(room().items, 'liver', first)?.runs).toEqual([14, 6]);
    expect(segmentOn(room().items, 'liver', third)?.runs).toEqual([16, 4]);
    expect(segmentsOf(room().items)).toHaveLength(4);
    room().undo();
    await run('common');
    expect(segmentOn(room().items, 'liver', first)?.runs).toEqual([16, 2]);
    expect(segmentOn(room().items, 'lesion', third)?.runs).toEqual([16, 4]);
  });

  test('the largest part is that of the stack, not of each slice', async () => {
    const [thin, wide] = [maskFrom([14, 2], SIZE), maskFrom([80, 5], SIZE)];
    for (const frame of frames.slice(0, 4)) paint('liver', frame, thin);
    const both = maskFrom([14, 2, 64, 5], SIZE);
    paint('liver', first, both);
    paint('liver', frames[4] as Frame, wide);
    const steps = room().log.done.length;
    await run('largest');
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
