import { describe, expect, test } from 'vitest';
import type { HangingProtocol, HangingStage } from '../../api/hanging';
import type { Series } from '../../viewer/frames';
import {
  besideEarlier,
  type CaseFacts,
  cellsOf,
  fits,
  type LooksNow,
  needsEarlier,
  seriesFor,
  stageOf,
  withProtocol,
} from './hanging';
import type { Layout } from './layout';
import { mammographyFor } from './mammography';

const DIRECTIONS = {
  axial: { rowDirection: [1, 0, 0], columnDirection: [0, 1, 0] },
  coronal: { rowDirection: [1, 0, 0], columnDirection: [0, 0, -1] },
  sagittal: { rowDirection: [0, 1, 0], columnDirection: [0, 0, -1] },
} as const;

function stack(
  series_uid: string,
  section: keyof typeof DIRECTIONS,
  description = '',
  count = 9,
): Series {
  const frame = {
    modality: 'CT',
    valueUnit: 'HU',
    isColour: false,
    isPlaced: true,
    windows: [],
    attributes: {},
    plane: { origin: [0, 0, 0], spacing: { row: 1, column: 1 }, ...DIRECTIONS[section] },
  };
  const frames = Array.from({ length: count }, () => frame);
  return { series_uid, modality: 'CT', description, frames } as unknown as Series;
}

const current = [
  stack('a1', 'axial', 'lung'),
  stack('a2', 'axial', 'soft'),
  stack('c1', 'coronal', 'lung'),
];
const earlier = [stack('e1', 'axial', 'lung', 5), stack('e2', 'coronal')];
const facts: CaseFacts = { modality: 'CT', bodyPart: 'CHEST', seriesCount: 3, hasEarlier: true };
const protocol = (more: Partial<HangingProtocol> = {}): HangingProtocol => ({
  name: 'any',
  stages: [],
  ...more,
});

const PLAIN: LooksNow = {
  windowAt: () => null,
  overlayLook: () => ({ colours: 'hot', opacity: 0.4 }),
};

const shown = (...uids: (string | null)[]) =>
  ({
    rows: 2,
    columns: 2,
    links: { scroll: true, zoom: false, window: true },
    cells: uids.map((seriesUid) => ({ seriesUid, index: 0 })),
  }) as unknown as Layout;

describe('a protocol fits a case', () => {
  test.each([
    [{}, true],
    [{ modalities: ['ct', 'MR'] }, true],
    [{ modalities: ['MR'] }, false],
    [{ body_parts: ['Chest'] }, true],
    [{ body_parts: ['HEAD'] }, false],
    [{ least_series: 4 }, false],
    [{ has_earlier: true }, true],
    [{ has_earlier: false }, false],
    [{ has_earlier: null }, true],
  ])('%j: %s', (more, expected) => {
    expect(fits(protocol(more), facts)).toBe(expected);
  });
});

describe('a stage', () => {
  test('kept from the screen hangs the same series again, and alike ones in another case', () => {
    const stage = stageOf(
      shown('a2', 'e1', 'c1', null),
      { current, earlier },
      {
        ...PLAIN,
        windowAt: (at) => (at === 0 ? { center: -600, width: 1500 } : null),
      },
    );
    expect(stage.cells.map((cell) => cell?.study ?? null)).toEqual([
      'current',
      'earlier',
      'current',
      null,
    ]);
    const hung = cellsOf(stage, { current, earlier });
    expect(hung.map(({ seriesUid }) => seriesUid)).toEqual(['a2', 'e1', 'c1', null]);
    expect(hung[0]).toEqual({ seriesUid: 'a2', index: 4, windowName: 'Lung' });
    expect(needsEarlier(stage)).toBe(true);
    const other = [stack('x', 'coronal'), stack('y', 'axial', 'soft'), stack('z', 'axial')];
    expect(cellsOf(stage, { current: other, earlier: [] }).map((cell) => cell.seriesUid)).toEqual([
      'y',
      null,
      'x',
      null,
    ]);
  });

  test('keeps what is laid over a viewport, by what it is and how it looks', () => {
    const layout = shown('a2', 'c1', null, null);
    const [first, ...cells] = layout.cells;
    const over = { ...layout, cells: [{ ...first, seriesUid: 'a2', overlayUid: 'e2' }, ...cells] };
    const stage = stageOf(over, { current, earlier }, PLAIN);
    const name = { modality: 'CT', section: 'coronal', description: null, number: 0 };
    expect(stage.cells[0]).toMatchObject({
      study: 'current',
      overlay: { study: 'earlier', ...name, colours: 'hot', opacity: 0.4 },
    });
    expect(stage.cells[1]?.overlay).toBeUndefined();
    expect(needsEarlier(stage)).toBe(true);
  });

  test('asks for less where no series has everything, and for nothing of another kind', () => {
    const wanted = { study: 'current', modality: 'CT', section: 'axial', number: 0 } as const;
    expect(seriesFor({ ...wanted, description: 'bone' }, current)?.series_uid).toBe('a1');
    expect(seriesFor({ ...wanted, section: 'sagittal' }, current)?.series_uid).toBe('a1');
    expect(seriesFor({ ...wanted, number: 1 }, current)?.series_uid).toBe('a2');
    expect(seriesFor({ ...wanted, number: 5 }, current)).toBeUndefined();
    expect(seriesFor({ ...wanted, modality: 'MR' }, current)).toBeUndefined();
  });
});

test('keeping replaces the protocol for the same kind of case and leaves the others', () => {
  const stage = (rows: number): HangingStage => ({
    rows,
    columns: 1,
    cells: [null],
    links: { scroll: true, zoom: true, window: true },
  });
  const other = protocol({ name: 'head', body_parts: ['HEAD'] });
  const first = withProtocol([other], facts, () => [stage(1)]);
  expect(first.map(({ name }) => name)).toEqual(['CT CHEST with an earlier study', 'head']);
  const second = withProtocol(first, facts, (before) => [...before, stage(2)]);
  expect(second).toHaveLength(2);
  expect(second[0]?.stages.map(({ rows }) => rows)).toEqual([1, 2]);
});

describe('mammographic views', () => {
  const image = (series_uid: string, side: string, position: string): Series => {
    const attributes = {
      '00080060': { Value: ['MG'] },
      '00200062': { Value: [side] },
      '00185101': { Value: [position] },
    };
    const frame = { series_uid, sop_instance_uid: series_uid, frame_number: 1, attributes };
    return { series_uid, modality: 'MG', description: '', frames: [frame] } as unknown as Series;
  };
  const now = [image('n1', 'R', 'CC'), image('n2', 'L', 'CC'), image('n3', 'R', 'MLO')];
  const before = [image('b1', 'L', 'CC')];
  const uids = (cells: readonly { seriesUid: string | null }[] = []) =>
    cells.map(({ seriesUid }) => seriesUid);

  test('hang all four, then in pairs, then those that were taken alone', () => {
    const stages = mammographyFor(now)?.stages ?? [];
    expect(stages.map(({ rows, columns }) => `${rows}x${columns}`)).toEqual([
      '2x2',
      '1x2',
      '1x2',
      '1x1',
      '1x1',
      '1x1',
    ]);
    const cells = cellsOf(stages[0] as HangingStage, { current: now, earlier: [] });
    expect(uids(cells)).toEqual(['n1', 'n2', 'n3', null]);
    expect(cells[3]?.view).toBe('L MLO');
    expect(mammographyFor(current)).toBeUndefined();
  });

  test('a pair hangs above its earlier pair, four to the left of the earlier four', () => {
    const hung = (number: number) => {
      const stage = mammographyFor(now)?.stages[number] as HangingStage;
      const { rows, columns } = stage;
      const cells = cellsOf(stage, { current: now, earlier: before });
      return besideEarlier({ rows, columns, cells }, now, before);
    };
    expect(hung(1)).toMatchObject({ rows: 2, columns: 2 });
    expect(uids(hung(1)?.cells)).toEqual(['n1', 'n2', null, 'b1']);
    expect(hung(1)?.cells.map(({ isEarlier = false }) => isEarlier)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(hung(0)).toMatchObject({ rows: 2, columns: 4 });
    expect(uids(hung(0)?.cells)).toEqual(['n1', 'n2', null, 'b1', 'n3', null, null, null]);
    const plain = { rows: 1, columns: 1, cells: [{ seriesUid: 'a1', index: 0 }] };
    expect(besideEarlier(plain, current, earlier)).toBeNull();
  });

  test('are kept in a protocol as what they are', () => {
    const layout = {
      rows: 1,
      columns: 1,
      links: {},
      cells: [{ seriesUid: 'n2', index: 0, view: 'L CC' }],
    };
    const stage = stageOf(layout as unknown as Layout, { current: now, earlier: [] }, PLAIN);
    expect(stage.cells).toEqual([{ study: 'current', view: 'L CC', number: 0 }]);
    const lacking = [{ seriesUid: null, index: 0, view: 'R CC', isEarlier: true }];
    const kept = stageOf(
      { ...layout, cells: lacking } as unknown as Layout,
      { current: now, earlier: [] },
      PLAIN,
    );
    expect(kept.cells).toEqual([{ study: 'earlier', view: 'R CC', number: 0 }]);
  });
});
