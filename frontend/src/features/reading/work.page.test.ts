import { beforeEach, describe, expect, test } from 'vitest';
import type { Annotation, SpaceMarkContent } from '../../api/reading';
import { imagePoint, patientPoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import type { Mark } from '../../viewer/marks';
import { createActiveClock, IDLE_AFTER_MS } from './activeClock';
import { contentOf, isMark, itemOf, marksOf, type Segment, segmentsOf, stateText } from './items';
import { LARGEST_LOG } from './log';
import { unseenFrames } from './segmentEdits';
import { useReading } from './store';

const mark = (id: string, x = 10): Mark => ({
  id,
  kind: 'box',
  label_key: 'nodule',
  sop_instance_uid: '1.2.3',
  frame_number: 1,
  points: [imagePoint(x, 10), imagePoint(x + 20, 30)],
});

const segment = (id: string, runs: number[], frame = 1): Segment => ({
  id,
  kind: 'segment',
  label_key: 'liver',
  sop_instance_uid: '1.2.3',
  frame_number: frame,
  runs,
});

const room = () => useReading.getState();
let made = 0;
const newId = () => `answer-${++made}`;

beforeEach(() => room().open({}, false));

describe('undo and redo', () => {
  test('reach back as far as masks leave room, and always to the last step', () => {
    const third = Array.from({ length: LARGEST_LOG / 3 }, () => 1);
    for (let turn = 0; turn < 8; turn += 1)
      room().paintSegments([segment('s', turn % 2 ? third : [turn])], 'brush');
    // between an empty mask and one of a third of the room: three steps would be too many
    expect(room().log.done).toHaveLength(2);
    room().paintSegments([segment('s', [...third, ...third, ...third, ...third])], 'brush');
    expect(room().log.done).toHaveLength(1);
    room().undo();
    expect(segmentsOf(room().items)[0]?.runs).toEqual(third);
  });

  test('go back and forth through 300 steps of every kind, to the very same work', () => {
    // A first answer is taken back to an empty one, so the work starts from there.
    room().answerNothing(newId);
    const states = [room().items];
    for (let turn = 0; turn < 75; turn += 1) {
      const id = `mark-${turn}`;
      for (const act of [
        () => room().draw(mark(id, turn)),
        () => room().edit(id, [imagePoint(1, 1), imagePoint(5 + turn, 5)]),
        () => (turn % 2 ? room().remove(id) : room().relabel(id, 'mass')),
        () => room().chooseClass(turn % 2 ? 'viral' : 'normal', 'single', newId),
      ]) {
        act();
        states.push(room().items);
      }
    }
    for (let back = states.length - 2; back >= 0; back -= 1) {
      room().undo();
      expect(room().items).toEqual(states[back]);
    }
    for (let on = 1; on < states.length; on += 1) {
      room().redo();
      expect(room().items).toEqual(states[on]);
    }
  });

  test('a new step forgets what was undone', () => {
    room().draw(mark('a'));
    room().undo();
    room().draw(mark('b'));
    room().redo();
    expect(marksOf(room().items).map(({ id }) => id)).toEqual(['b']);
  });

  test('undoing a mark away drops its selection', () => {
    room().draw(mark('a'));
    expect(room().selectedId).toBe('a');
    room().undo();
    expect(room().selectedId).toBeNull();
  });

  test('a finished read cannot be changed', () => {
    room().open({ a: mark('a') }, true);
    room().remove('a');
    room().draw(mark('b'));
    room().chooseClass('normal', 'single', newId);
    expect(Object.keys(room().items)).toEqual(['a']);
  });
});

describe('segments', () => {
  test('a stroke through many frames is undone and redone as one step', () => {
    room().paintSegments([segment('a', [1, 2])], 'brush');
    room().paintSegments([segment('a', [1, 5]), segment('b', [0, 9], 2)], 'brush');
    room().undo();
    expect(segmentsOf(room().items).map(({ runs }) => runs)).toEqual([[1, 2], []]);
    room().redo();
    expect(segmentsOf(room().items).map(({ runs }) => runs)).toEqual([
      [1, 5],
      [0, 9],
    ]);
  });

  test('undoing the first stroke leaves an empty segment, which is saved like any other', () => {
    room().paintSegments([segment('a', [1, 2])], 'brush');
    room().undo();
    expect(segmentsOf(room().items)).toEqual([segment('a', [])]);
    expect(marksOf(room().items)).toEqual([]);
  });
});

describe('slices filled between', () => {
  const filled = (id: string, sop_instance_uid: string): Segment => ({
    id,
    kind: 'segment',
    label_key: 'liver',
    sop_instance_uid,
    frame_number: 1,
    runs: [3, 4],
  });
  const frame = (sop_instance_uid: string) => ({ sop_instance_uid, frame_number: 1 }) as Frame;

  test('are to be looked at until they were on screen, also after the case was opened again', () => {
    room().fillSegments([filled('a', '1'), filled('b', '2')], 'between slices');
    const { items } = room();
    room().see(frame('2'));
    expect([...room().unseenIds]).toEqual(['a']);
    room().open(items, false);
    expect(unseenFrames(items, room().unseenIds, [frame('1'), frame('2')])).toEqual([0]);
    room().see(frame('1'));
    room().open(items, false);
    expect(room().unseenIds.size).toBe(0);
  });

  test('are nothing to look at once they were undone, and again once redone', () => {
    room().fillSegments([filled('c', '3')], 'between slices');
    const left = () => unseenFrames(room().items, room().unseenIds, [frame('3')]);
    room().undo();
    expect(left()).toEqual([]);
    room().redo();
    expect(left()).toEqual([0]);
  });
});

describe('answers', () => {
  const keys = () => {
    const answer = Object.values(room().items).find((item) => item.kind === 'answer');
    return answer?.kind === 'answer' ? answer.label_keys : null;
  };

  test('one of one: another class replaces, the same takes back', () => {
    room().chooseClass('normal', 'single', newId);
    room().chooseClass('viral', 'single', newId);
    expect(keys()).toEqual(['viral']);
    room().chooseClass('viral', 'single', newId);
    expect(keys()).toEqual([]);
  });

  test('several: each class comes and goes by itself', () => {
    for (const key of ['a', 'b', 'a', 'c']) room().chooseClass(key, 'multi', newId);
    expect(keys()).toEqual(['b', 'c']);
  });

  test('there is one answer annotation, however often it changes', () => {
    for (const key of ['a', 'b', 'c']) room().chooseClass(key, 'single', newId);
    expect(Object.keys(room().items)).toHaveLength(1);
  });

  test('the first answer taken back and another chosen are one annotation too', () => {
    room().chooseClass('a', 'single', newId);
    const [id] = Object.keys(room().items);
    room().undo();
    expect(keys()).toEqual([]);
    room().chooseClass('b', 'single', newId);
    expect(Object.keys(room().items)).toEqual([id]);
    expect(keys()).toEqual(['b']);
  });

  test('an accepted suggestion is remembered until another answer is chosen', () => {
    room().accept('viral', 'prediction-7', newId);
    const [accepted] = Object.values(room().items);
    expect(accepted).toMatchObject({ label_keys: ['viral'], suggestion_id: 'prediction-7' });
    room().chooseClass('normal', 'single', newId);
    const [chosen] = Object.values(room().items);
    expect(chosen).not.toHaveProperty('suggestion_id');
  });
});

describe('items and what is sent', () => {
  const answered = (item: Mark | Segment): Annotation => ({
    id: item.id,
    kind: item.kind,
    revision: {
      id: 'r',
      number: 1,
      parent_id: null,
      is_deleted: false,
      content: contentOf(item),
      created_at: '2026-01-01T00:00:00Z',
    },
  });

  test('a mark sent and read back is the same mark within 0.01 pixel', () => {
    const drawn: Mark = {
      ...mark('p'),
      kind: 'polygon',
      points: [
        [0, 0],
        [511.987654, 3.00004],
        [100 / 3, 200 / 7],
      ].map(([x = 0, y = 0]) => imagePoint(x, y)),
    };
    const back = itemOf(answered(drawn));
    expect(back).toMatchObject({ ...drawn, points: expect.anything() });
    const points = back && isMark(back) ? back.points : [];
    points.forEach(([x, y], index) => {
      expect(Math.abs(x - (drawn.points[index]?.[0] ?? 0))).toBeLessThan(0.01);
      expect(Math.abs(y - (drawn.points[index]?.[1] ?? 0))).toBeLessThan(0.01);
    });
    expect(stateText(back)).toBe(stateText(drawn));
  });

  test('a mark in space sent and read back is the same mark, to the text that is compared', () => {
    const mark: Mark = {
      id: 'm',
      kind: 'length',
      label_key: 'width',
      sop_instance_uid: '1.2',
      frame_number: 1,
      points: [],
      inSpace: {
        frame_of_reference_uid: '1.9',
        row_direction: [Math.SQRT1_2, Math.SQRT1_2, 0],
        column_direction: [-0, 0, -1],
        places: [patientPoint(1.23456, -0.00001, 3), patientPoint(-4, 5, 6.000049)],
      },
    };
    const content = contentOf(mark) as SpaceMarkContent;
    expect(content).not.toHaveProperty('points');
    const sent = JSON.parse(JSON.stringify(content)) as SpaceMarkContent;
    const again = itemOf({
      id: 'm',
      kind: 'length',
      revision: {
        id: 'r',
        number: 1,
        parent_id: null,
        is_deleted: false,
        content: sent,
        created_at: '2026-01-01T00:00:00Z',
      },
    });
    expect(stateText(again)).toBe(stateText(mark));
    expect(content.places).toEqual([
      [1.2346, 0, 3],
      [-4, 5, 6],
    ]);
  });

  test('a segment sent and read back is the same segment', () => {
    const painted = segment('s', [5, 3, 10, 4]);
    expect(itemOf(answered(painted))).toEqual(painted);
    expect(stateText(itemOf(answered(painted)))).toBe(stateText(painted));
  });

  test('a deleted annotation is no item', () => {
    const { revision, ...rest } = answered(mark('a'));
    expect(itemOf({ ...rest, revision: { ...revision, is_deleted: true } })).toBeNull();
  });
});

describe('active time', () => {
  test('steady work counts in full', () => {
    const clock = createActiveClock(5000, 0);
    for (let at = 0; at <= 120_000; at += 10_000) clock.touch(at);
    expect(clock.read(120_000)).toBe(125_000);
  });

  test('a pause counts for one minute, however long it was', () => {
    const clock = createActiveClock(0, 0);
    clock.touch(10_000);
    clock.touch(10_000 + 3_600_000);
    expect(clock.read(10_000 + 3_600_000)).toBe(10_000 + IDLE_AFTER_MS);
  });

  test('a hidden tab does not count', () => {
    const clock = createActiveClock(0, 0);
    clock.setVisible(false, 4000);
    clock.touch(20_000);
    clock.setVisible(true, 30_000);
    expect(clock.read(31_000)).toBe(5000);
  });

  test('asking often does not make it longer, and it never goes back', () => {
    const clock = createActiveClock(0, 0);
    let last = 0;
    for (let at = 0; at < 200_000; at += 333) {
      const now = clock.read(at);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    expect(last).toBe(IDLE_AFTER_MS);
  });
});
