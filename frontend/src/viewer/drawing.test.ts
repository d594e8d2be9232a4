import { describe, expect, test } from 'vitest';
import { type ImagePoint, imagePoint } from '../geometry/units';
import { type Drawing, type Hand, IDLE, type Outcome, type Surroundings, step } from './drawing';
import { moveHandle } from './editMarks';
import { hitAt, isDrawable, type Mark, type MarkKind, tidyPoints } from './marks';

const at = (x: number, y: number): ImagePoint => imagePoint(x, y);

const box: Mark = {
  id: 'box',
  kind: 'box',
  label_key: 'nodule',
  sop_instance_uid: '1.2',
  frame_number: 1,
  points: [at(10, 10), at(30, 20)],
};

const around: Surroundings = {
  marks: [box],
  size: { columns: 100, rows: 80 },
  slop: 2,
  traceTolerance: 0.5,
};

const press = (x: number, y: number, tool: MarkKind | null): Hand => ({
  type: 'press',
  point: at(x, y),
  tool,
  hit: null,
});
const move = (x: number, y: number): Hand => ({ type: 'move', point: at(x, y) });
const release = (x: number, y: number): Hand => ({ type: 'release', point: at(x, y) });

/** Plays a hand and gives back where the machine ended and everything that came of it. */
function play(hands: readonly Hand[]): { drawing: Drawing; outcomes: Outcome[] } {
  const outcomes: Outcome[] = [];
  let drawing: Drawing = IDLE;
  for (const hand of hands) {
    const next = step(drawing, hand, around);
    drawing = next.drawing;
    if (next.outcome) outcomes.push(next.outcome);
  }
  return { drawing, outcomes };
}

describe('boxes and lines', () => {
  test('a drag draws a box with sorted corners', () => {
    const { outcomes, drawing } = play([press(40, 50, 'box'), move(20, 30), release(20, 30)]);
    expect(outcomes).toEqual([{ type: 'drawn', kind: 'box', points: [at(20, 30), at(40, 50)] }]);
    expect(drawing).toEqual(IDLE);
  });

  test('two clicks draw the same box, for hands that should not drag', () => {
    const { outcomes } = play([
      press(20, 30, 'box'),
      release(20.5, 30),
      move(35, 45),
      press(40, 50, 'box'),
    ]);
    expect(outcomes).toEqual([{ type: 'drawn', kind: 'box', points: [at(20, 30), at(40, 50)] }]);
  });

  test('a box drawn over the border ends at the border', () => {
    const { outcomes } = play([press(90, 70, 'box'), release(140, 95)]);
    expect(outcomes[0]).toMatchObject({ points: [at(90, 70), at(100, 80)] });
  });

  test('a line keeps the direction it was drawn in', () => {
    const { outcomes } = play([press(40, 50, 'length'), release(20, 30)]);
    expect(outcomes[0]).toMatchObject({ kind: 'length', points: [at(40, 50), at(20, 30)] });
  });

  test('a box without width is a slip and draws nothing', () => {
    expect(play([press(40, 50, 'box'), release(40.2, 70)]).outcomes).toEqual([]);
  });

  test('Escape gives up what was begun', () => {
    const { drawing, outcomes } = play([press(40, 50, 'box'), move(60, 60), { type: 'cancel' }]);
    expect(drawing).toEqual(IDLE);
    expect(outcomes).toEqual([]);
  });
});

describe('outlines', () => {
  const clicks = (...points: [number, number][]): Hand[] =>
    points.flatMap(([x, y]) => [move(x, y), press(x, y, 'polygon'), release(x, y)]);

  test('corners clicked one by one close with Enter', () => {
    const { outcomes } = play([...clicks([10, 40], [30, 40], [30, 60]), { type: 'finish' }]);
    expect(outcomes).toEqual([
      { type: 'drawn', kind: 'polygon', points: [at(10, 40), at(30, 40), at(30, 60)] },
    ]);
  });

  test('clicking the first corner again closes, and so does clicking the last twice', () => {
    const corners: [number, number][] = [
      [10, 40],
      [30, 40],
      [30, 60],
    ];
    const first = play(clicks(...corners, [11, 41])).outcomes;
    const last = play(clicks(...corners, [30, 60])).outcomes;
    expect(first).toHaveLength(1);
    expect(first).toEqual(last);
  });

  test('Backspace takes the last corner back', () => {
    const { outcomes } = play([
      ...clicks([10, 40], [30, 40], [90, 79], [30, 60]),
      { type: 'back' },
      { type: 'back' },
      ...clicks([30, 60]),
      { type: 'finish' },
    ]);
    expect(outcomes[0]).toMatchObject({ points: [at(10, 40), at(30, 40), at(30, 60)] });
  });

  test('a traced outline closes when let go, thinned out but true', () => {
    const circle = Array.from({ length: 120 }, (_, index) => {
      const angle = (index / 120) * 2 * Math.PI;
      return [50 + 15 * Math.cos(angle), 40 + 15 * Math.sin(angle)] as const;
    });
    const [first] = circle;
    const { outcomes } = play([
      press(first?.[0] ?? 0, first?.[1] ?? 0, 'polygon'),
      ...circle.slice(1).map(([x, y]) => move(x, y)),
      release(65, 39),
    ]);
    const drawn = outcomes[0];
    expect(drawn?.type).toBe('drawn');
    if (drawn?.type !== 'drawn') return;
    expect(drawn.points.length).toBeGreaterThan(8);
    expect(drawn.points.length).toBeLessThan(60);
    for (const [x, y] of drawn.points) expect(Math.hypot(x - 50, y - 40)).toBeCloseTo(15, 1);
  });

  test('two corners are no outline', () => {
    expect(play([...clicks([10, 40], [30, 40]), { type: 'finish' }]).outcomes).toEqual([]);
  });
});

describe('editing', () => {
  const take = (handleIndex: number | null, x: number, y: number): Hand => ({
    type: 'press',
    point: at(x, y),
    tool: null,
    hit:
      handleIndex === null
        ? { id: 'box', part: 'outline' }
        : { id: 'box', part: 'handle', handleIndex },
  });

  test('a corner dragged across its opposite makes a box again', () => {
    const { outcomes } = play([take(2, 30, 20), move(5, 5), release(5, 5)]);
    expect(outcomes).toEqual([
      { type: 'selected', id: 'box' },
      { type: 'edited', id: 'box', points: [at(5, 5), at(10, 10)] },
    ]);
  });

  test('the outline moves the whole mark, as far as the image goes', () => {
    const { outcomes } = play([take(null, 20, 10), move(-50, 12), release(-50, 12)]);
    expect(outcomes[1]).toEqual({ type: 'edited', id: 'box', points: [at(0, 12), at(20, 22)] });
  });

  test('a click selects without moving anything', () => {
    expect(play([take(0, 10, 10), move(11, 10), release(11, 10)]).outcomes).toEqual([
      { type: 'selected', id: 'box' },
    ]);
  });

  test('Escape puts a mark back where it was', () => {
    const { outcomes } = play([take(null, 20, 10), move(40, 40), { type: 'cancel' }]);
    expect(outcomes).toEqual([{ type: 'selected', id: 'box' }]);
  });

  test('a press on nothing deselects', () => {
    expect(play([press(90, 5, null)]).outcomes).toEqual([{ type: 'selected', id: null }]);
  });
});

describe('marks', () => {
  test('each corner of a box moves alone and keeps the opposite one', () => {
    for (const [corner, opposite] of [
      [0, at(30, 20)],
      [1, at(10, 20)],
      [2, at(10, 10)],
      [3, at(30, 10)],
    ] as const)
      expect(moveHandle(box, corner, at(50, 50))).toEqual([opposite, at(50, 50)]);
  });

  test('handles of the selected mark come before outlines of others', () => {
    const other: Mark = { ...box, id: 'other', points: [at(10, 10), at(60, 60)] };
    expect(hitAt([box, other], at(10.5, 10), 2, 'box')).toMatchObject({
      id: 'box',
      handleIndex: 0,
    });
    expect(hitAt([box, other], at(40, 10), 2, 'box')).toEqual({ id: 'other', part: 'outline' });
    expect(hitAt([box, other], at(45, 30), 2, 'box')).toBeNull();
  });

  test('the inside of a mark is not touched, so that the image under it can be worked on', () => {
    expect(hitAt([box], at(20, 15), 2, null)).toBeNull();
  });

  test('tidying twice changes nothing more', () => {
    const size = { columns: 100, rows: 80 };
    const once = tidyPoints('box', [at(120, -5), at(20, 30)], size);
    expect(once).toEqual([at(20, 0), at(100, 30)]);
    expect(tidyPoints('box', once, size)).toEqual(once);
  });

  test('slips are not marks', () => {
    expect(isDrawable('length', [at(1, 1), at(1.2, 1.2)])).toBe(false);
    expect(isDrawable('polygon', [at(1, 1), at(9, 9), at(5, 5)])).toBe(false);
    expect(isDrawable('box', [at(1, 1)])).toBe(false);
  });
});
