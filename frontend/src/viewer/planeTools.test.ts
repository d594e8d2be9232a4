import { describe, expect, test } from 'vitest';
import { type Runs, runsOf } from '../geometry/mask';
import type { ImagePlane, Vector } from '../geometry/plane';
import { imagePoint, millimetres, patientPoint } from '../geometry/units';
import { beginPlaneGrow } from './growing';
import { beginPlaneEdge, beginPlaneFill } from './planeTools';
import type { Change, Ground, Hand } from './segments';

const SIZE = { columns: 24, rows: 20 };
const COUNT = 16;
const GAP = 3;

/** Sixteen slices 3 mm apart of 24 x 20 pixels of 1 mm; what lies in them is told by voxel. */
function ground(
  isInside: (column: number, row: number, slice: number) => boolean,
  valueAt: (column: number, row: number, slice: number) => number = () => 0,
  isHere: (slice: number) => boolean = () => true,
): Ground {
  const read = <Value>(slice: number, of: (column: number, row: number, slice: number) => Value) =>
    Array.from({ length: SIZE.columns * SIZE.rows }, (_, at) =>
      of(at % SIZE.columns, Math.floor(at / SIZE.columns), slice),
    );
  return {
    isStack: true,
    slices: Array.from({ length: COUNT }, (_, index) => ({
      size: SIZE,
      plane: {
        origin: patientPoint(0, 0, GAP * index),
        rowDirection: [1, 0, 0] as const,
        columnDirection: [0, 1, 0] as const,
        spacing: { row: millimetres(1), column: millimetres(1) },
      },
    })),
    isHere,
    canvas: (index) => ({
      size: SIZE,
      spacing: { row: millimetres(1), column: millimetres(1) },
      runs: runsOf({ size: SIZE, data: Uint8Array.from(read(index, isInside), Number) }),
      others: [],
      values: isHere(index) ? read(index, valueAt) : 'absent',
    }),
  };
}

const HAND: Hand = {
  radius: millimetres(8),
  isBall: false,
  range: null,
  protectsOthers: false,
  isErasing: false,
};

/** Coronal, through the middle of row 9: x to the right, z up the screen, in pixels of 1 mm. */
const CORONAL: ImagePlane = {
  origin: patientPoint(0.5, 9, 45),
  rowDirection: [1, 0, 0],
  columnDirection: [0, 0, -1],
  spacing: { row: millimetres(1), column: millimetres(1) },
};
const at = (x: number, z: number) => imagePoint(x, 45.5 - z);

async function voxels(changes: Change[] | Promise<Change[]>): Promise<string[]> {
  return (await changes).flatMap(({ index, runs }) =>
    pixelsOf(runs).map(
      (pixel) => `${pixel % SIZE.columns} ${Math.floor(pixel / SIZE.columns)} ${index}`,
    ),
  );
}

function pixelsOf(runs: Runs): number[] {
  const found: number[] = [];
  let next = 0;
  for (let pair = 0; pair + 1 < runs.length; pair += 2) {
    next += runs[pair] ?? 0;
    for (let left = runs[pair + 1] ?? 0; left > 0; left -= 1, next += 1) found.push(next);
  }
  return found;
}

/** A shell around slices 5 to 10 and columns 6 to 15, in every row. */
const inShell = (column: number, slice: number, by = 0) =>
  column >= 6 - by && column <= 15 + by && slice >= 5 - by && slice <= 10 + by;
const shell = (column: number, _row: number, slice: number) =>
  inShell(column, slice, 1) && !inShell(column, slice);

test('a hole is filled on the plane alone, and a part of it taken away', async () => {
  const filled = await voxels(beginPlaneFill(at(10, 21), ground(shell), HAND, CORONAL).finish());
  const inRow = filled.filter((voxel) => voxel.split(' ')[1] === '9');
  expect(inRow).toHaveLength(12 * 8);
  // the other rows keep what they had
  expect(filled.length - inRow.length).toBe((12 * 8 - 10 * 6) * (SIZE.rows - 1));
  const erasing = { ...HAND, isErasing: true };
  const left = await voxels(beginPlaneFill(at(5, 21), ground(shell), erasing, CORONAL).finish());
  expect(left.filter((voxel) => voxel.split(' ')[1] === '9')).toEqual([]);
  expect(left).toHaveLength((12 * 8 - 10 * 6) * (SIZE.rows - 1));
  // inside the segment there is no hole
  expect(
    await voxels(beginPlaneFill(at(5, 21), ground(shell), HAND, CORONAL).finish()),
  ).not.toContain('10 9 7');
});

test('on a turned plane a hole is filled without leaks, in every slice it passes', async () => {
  const half = Math.SQRT1_2;
  const turned: ImagePlane = {
    ...CORONAL,
    origin: patientPoint(10, 9, 22),
    rowDirection: [half, half, 0] as Vector,
  };
  const filled = await voxels(
    beginPlaneFill(imagePoint(0.5, 0.5), ground(shell), HAND, turned).finish(),
  );
  const added = filled.filter((voxel) => {
    const [column, , slice] = voxel.split(' ').map(Number);
    return inShell(column ?? 0, slice ?? 0);
  });
  expect(new Set(added.map((voxel) => voxel.split(' ')[2]))).toEqual(
    new Set(['5', '6', '7', '8', '9', '10']),
  );
  expect(new Set(added.map((voxel) => voxel.split(' ')[0])).size).toBe(10);
  // one voxel thick: along x each column is met in one or two rows
  const perSlice = added.filter((voxel) => voxel.endsWith(' 7')).length;
  expect(perSlice).toBeLessThanOrEqual(2 * 10);
});

test('the brush along edges stops where the grey changes on the plane', async () => {
  const organ = (column: number, _row: number, slice: number) =>
    inShell(column, slice) ? 100 + ((column * 7 + slice * 3) % 5) : ((column * 5 + slice) % 5) - 40;
  const nothing = () => false;
  const painted = await voxels(
    beginPlaneEdge(
      at(10.5, 22),
      ground(nothing, organ),
      { ...HAND, radius: millimetres(30) },
      CORONAL,
    ).finish(),
  );
  // the median rounds the four corners off
  expect(painted.length).toBeGreaterThanOrEqual(10 * 6 - 4);
  for (const voxel of painted) {
    const [column, row, slice] = voxel.split(' ').map(Number);
    expect(row).toBe(9);
    expect(inShell(column ?? 0, slice ?? 0)).toBe(true);
  }
  // where the pixels of a slice are not there, it is left alone
  const some = await voxels(
    beginPlaneEdge(
      at(10.5, 22),
      ground(nothing, organ, (slice) => slice !== 6),
      { ...HAND, radius: millimetres(30) },
      CORONAL,
    ).finish(),
  );
  expect(some.filter((voxel) => voxel.endsWith(' 6'))).toEqual([]);
  expect(some.length).toBeGreaterThan(30);
});

describe('a region grown from a press on a plane', () => {
  const organ = (column: number, row: number, slice: number) =>
    (inShell(column, slice) && row > 3 ? 100 : -40) + ((column * 7 + row + slice * 3) % 5);
  const nothing = () => false;
  const grown = (hand: Hand, isHere?: (slice: number) => boolean) =>
    voxels(beginPlaneGrow(at(10.5, 22), ground(nothing, organ, isHere), hand, CORONAL).finish());

  test('is what is joined and alike on the plane, or in the volume where the brush is a ball', async () => {
    const flat = await grown(HAND);
    expect(flat).toHaveLength(10 * 6);
    for (const voxel of flat) {
      const [column, row, slice] = voxel.split(' ').map(Number);
      expect(row === 9 && inShell(column ?? 0, slice ?? 0)).toBe(true);
    }
    const through = await grown({ ...HAND, isBall: true });
    expect(through).toHaveLength(10 * 6 * (SIZE.rows - 4));
    expect(new Set(flat.filter((voxel) => !through.includes(voxel)))).toEqual(new Set());
    expect(await grown({ ...HAND, range: [500, 600] })).toEqual([]);
  });

  test('waits for the slices that are not in memory, and stops at those that cannot be had', async () => {
    const isHere = (slice: number) => slice !== 8;
    const some = ground(nothing, organ, isHere);
    expect(beginPlaneGrow(at(10.5, 22), some, HAND, CORONAL).waiting()).toEqual([8]);
    const found = await grown(HAND, isHere);
    expect(new Set(found.map((voxel) => voxel.split(' ')[2]))).toEqual(new Set(['5', '6', '7']));
  });

  test('begins at the voxel the plane shows, and nowhere beside the stack', async () => {
    const beside = beginPlaneGrow(at(-3, 22), ground(nothing, organ), HAND, CORONAL);
    expect(beside.waiting()).toEqual([]);
    expect(await beside.finish()).toEqual([]);
    const outside = await voxels(
      beginPlaneGrow(at(2.5, 22), ground(nothing, organ), HAND, CORONAL).finish(),
    );
    expect(outside).toHaveLength(SIZE.columns * COUNT - 10 * 6);
  });
});
