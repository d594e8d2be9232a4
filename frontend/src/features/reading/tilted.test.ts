/** Stacks of a tilted gantry: what stands still in the patient is grown, copied and filled there. */
import { describe, expect, test } from 'vitest';
import { type Mask, maskFrom, runsOf } from '../../geometry/mask';
import { imageToPatient } from '../../geometry/plane';
import { imagePoint, millimetres, patientPoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import { beginGrow } from '../../viewer/growing';
import type { Items } from './items';
import { copied, segmentOn, withRuns } from './segmentEdits';
import { editedAtOnce } from './stackBench';
import { editOf, segmentsFrom } from './stackEdits';

const SIZE = { columns: 64, rows: 60 };
const COUNT = 9;
const [COLUMN_MM, ROW_MM] = [0.7, 0.9];
const HALF_PIXEL_MM = ROW_MM / 2;

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** Slices 2.5 mm apart, each up to 1.4 pixels beside the last, along rows and columns. */
function tilted(next: () => number): Frame[] {
  const [aside, below] = [(next() - 0.5) * 2.8 * COLUMN_MM, (next() - 0.5) * 2.8 * ROW_MM];
  return Array.from({ length: COUNT }, (_, index) => {
    const plane = {
      origin: patientPoint(index * aside, index * below, 2.5 * index),
      rowDirection: [1, 0, 0] as const,
      columnDirection: [0, 1, 0] as const,
      spacing: { row: millimetres(ROW_MM), column: millimetres(COLUMN_MM) },
    };
    const named = { sop_instance_uid: `1.2.${index + 1}`, frame_number: 1 };
    return { ...named, size: SIZE, plane, isPlaced: true } as Frame;
  });
}

/** Where the middle of a pixel lies beside the axis of a straight rod, in millimetres. */
function offRod(frames: readonly Frame[], index: number, at: number): readonly [number, number] {
  const { plane } = frames[index] as Frame;
  const [column, row] = [at % SIZE.columns, Math.floor(at / SIZE.columns)];
  const place = imageToPatient(plane, imagePoint(column + 0.5, row + 0.5));
  return [place[0] - 31.5 * COLUMN_MM, place[1] - 29.5 * ROW_MM];
}

const offBorder = (frames: readonly Frame[], index: number, at: number, radius_mm: number) =>
  Math.hypot(...offRod(frames, index, at)) - radius_mm;

function rodOn(frames: readonly Frame[], index: number, radius_mm: number): Mask {
  const data = new Uint8Array(SIZE.columns * SIZE.rows);
  data.forEach((_, at) => {
    data[at] = offBorder(frames, index, at, radius_mm) < 0 ? 1 : 0;
  });
  return { size: SIZE, data };
}

/** The middle of a mask beside the axis of the rod. */
function middleOf(frames: readonly Frame[], index: number, { data }: Mask) {
  const places = [...data].flatMap((inside, at) => (inside ? [offRod(frames, index, at)] : []));
  const mean = (axis: 0 | 1) =>
    places.reduce((sum, place) => sum + place[axis], 0) / Math.max(1, places.length);
  return [mean(0), mean(1)] as const;
}

function withSegments(items: Items, made: ReturnType<typeof copied>): Items {
  return { ...items, ...Object.fromEntries(made.map((segment) => [segment.id, segment])) };
}

/** The frames of the liver that an edit changes. */
function edited(items: Items, how: 'between' | 'largest', frames: readonly Frame[]) {
  const work = { how, key: 'liver', otherKey: '', protectsOthers: false, width: 0, frames };
  return segmentsFrom(editedAtOnce(editOf(items, work)), items, work);
}

const maskOn = (items: Items, frame: Frame) =>
  maskFrom(segmentOn(items, 'liver', frame)?.runs ?? [], SIZE);

const painted = (frames: readonly Frame[], index: number, radius_mm: number): Items => {
  const frame = frames[index] as Frame;
  return withSegments({}, [withRuns({}, 'liver', frame, runsOf(rodOn(frames, index, radius_mm)))]);
};

const seeds = Array.from({ length: 8 }, (_, seed) => 7919 * (seed + 1));

describe('on slices of a tilted gantry a straight rod', () => {
  // the thinnest is a single pixel on most slices
  test.each([0.6, 6])(
    'of %d mm radius is grown whole, from any of its slices',
    async (radius_mm) => {
      for (const seed of seeds) {
        const next = numbers(seed);
        const frames = tilted(next);
        const rods = frames.map((_, index) => rodOn(frames, index, radius_mm));
        const at = Math.floor(next() * COUNT);
        const start = rods[at]?.data.indexOf(1) ?? -1;
        const ground = {
          slices: frames,
          isStack: true,
          isHere: () => true,
          canvas: (index: number) => ({
            size: SIZE,
            spacing: { row: millimetres(ROW_MM), column: millimetres(COLUMN_MM) },
            runs: [],
            others: [],
            values: rods[index]?.data ?? null,
          }),
        };
        const hand = {
          radius: millimetres(5),
          isBall: true,
          range: [1, 1] as const,
          protectsOthers: false,
          isErasing: false,
        };
        const point = imagePoint(
          (start % SIZE.columns) + 0.5,
          Math.floor(start / SIZE.columns) + 0.5,
        );
        const changes = await beginGrow(point, { ...ground, at }, hand).finish();
        expect(changes).toHaveLength(COUNT);
        for (const { index, runs } of changes) expect(runs).toEqual(runsOf(rods[index] as Mask));
      }
    },
  );

  test('is copied on and on to within half a pixel of the first slice, a pixel of any', () => {
    for (const seed of seeds) {
      const next = numbers(seed);
      const frames = tilted(next);
      for (const first of [0, Math.floor(next() * COUNT)]) {
        let items = painted(frames, first, 6);
        const from = middleOf(frames, first, maskOn(items, frames[first] as Frame));
        for (let index = first + 1; index < COUNT; index += 1) {
          items = withSegments(items, copied(items, 'liver', frames, [index - 1, index]));
          const here = middleOf(frames, index, maskOn(items, frames[index] as Frame));
          const within = first === 0 ? 0.5 : 1;
          expect(Math.abs(here[0] - from[0])).toBeLessThanOrEqual(within * COLUMN_MM + 1e-9);
          expect(Math.abs(here[1] - from[1])).toBeLessThanOrEqual(within * ROW_MM + 1e-9);
        }
      }
    }
  });

  test('is filled between two slices to within half a pixel', () => {
    for (const seed of seeds) {
      const frames = tilted(numbers(seed));
      const items = { ...painted(frames, 0, 6), ...painted(frames, COUNT - 1, 6) };
      const filled = edited(items, 'between', frames);
      expect(filled).toHaveLength(COUNT - 2);
      for (const segment of filled) {
        const index = frames.findIndex((one) => one.sop_instance_uid === segment.sop_instance_uid);
        const wrong = maskFrom(segment.runs, SIZE).data.filter((inside, at) => {
          const off = offBorder(frames, index, at, 6);
          return Math.abs(off) > HALF_PIXEL_MM && inside !== (off < 0 ? 1 : 0);
        });
        expect(wrong).toHaveLength(0);
      }
    }
  });

  test('is one part of the stack, and a speck beside it is not', () => {
    for (const seed of seeds) {
      const frames = tilted(numbers(seed));
      const last = frames[COUNT - 1] as Frame;
      const rod = rodOn(frames, COUNT - 1, 1.5);
      const withSpeck = { ...rod, data: rod.data.slice() };
      withSpeck.data[0] = 1;
      const others = frames.slice(0, -1).map((_, index) => painted(frames, index, 1.5));
      const items: Items = Object.assign({}, ...others);
      const all = withSegments(items, [withRuns({}, 'liver', last, runsOf(withSpeck))]);
      const [changed, ...more] = edited(all, 'largest', frames);
      expect(changed?.runs).toEqual(runsOf(rod));
      expect(more).toEqual([]);
    }
  });
});
