import { describe, expect, test } from 'vitest';
import { greyImage } from '../geometry/edges';
import { latticeOf } from '../geometry/lattice';
import { polygonArea } from '../geometry/points';
import { valuesOver } from '../geometry/resample';
import { imagePoint, millimetres, patientPoint } from '../geometry/units';
import { type Drawing, type Hand, IDLE, type Outcome, step } from './drawing';
import { handlesOf } from './marks';
import { createWirePull, type SnapImage } from './wirePull';

const SIZE = { columns: 120, rows: 100 };

/** A bright disc of radius 30 about (60, 50). */
const disc = {
  image: greyImage(
    SIZE,
    Float32Array.from({ length: 120 * 100 }, (_, at) =>
      Math.hypot((at % 120) + 0.5 - 60, Math.floor(at / 120) + 0.5 - 50) < 30 ? 200 : 100,
    ),
  ),
  pitch: 1,
};

/** What the hand made, with the wire following as on screen. */
async function play(
  hands: readonly Hand[],
  on: SnapImage = disc,
): Promise<{ drawing: Drawing; outcomes: Outcome[] }> {
  const pull = createWirePull(on, 4, () => undefined);
  const outcomes: Outcome[] = [];
  let drawing: Drawing = IDLE;
  for (const hand of hands) {
    const around = { marks: [], size: SIZE, slop: 1, traceTolerance: 0.2, wire: pull };
    const next = step(drawing, hand, around);
    drawing = next.drawing;
    if (next.outcome) outcomes.push(next.outcome);
    if (drawing.at !== 'outlining') continue;
    pull.aim(drawing.points[drawing.points.length - 1] as never);
    // The hand is slower than the search, however busy the machine.
    while (!pull.isReady()) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  pull.stop();
  return { drawing, outcomes };
}

const clickAt = (turn: number, away = 31): Hand[] => {
  const point = imagePoint(60 + away * Math.cos(turn), 50 + away * Math.sin(turn));
  return [
    { type: 'move', point },
    { type: 'press', point, tool: 'polygon', hit: null },
    { type: 'release', point },
  ];
};

const around = [0, 1.6, 3.2, 4.8].flatMap((turn) => clickAt(turn));

describe('an outline along edges', () => {
  test('of four clicks beside a disc is the disc, with nodes a hand can take hold of', async () => {
    const { outcomes } = await play([...around, { type: 'finish' }]);
    const [made] = outcomes;
    if (made?.type !== 'drawn') throw new Error('nothing was drawn');
    expect(made.kind).toBe('polygon');
    for (const [x, y] of made.points)
      expect(Math.abs(Math.hypot(x - 60, y - 50) - 30)).toBeLessThan(2);
    expect(Math.abs(polygonArea(made.points) / (Math.PI * 900) - 1)).toBeLessThan(0.05);
    expect(handlesOf(made)).toHaveLength(made.points.length);
    expect(made.points.length).toBeLessThanOrEqual(80);
  });

  test('on a plane goes along the edges between its voxels, in millimetres of the plane', async () => {
    // voxels of 0.8 x 0.8 x 2 mm; the plane runs along the stack through the middle of a ball
    const [columns, count] = [150, 50];
    const slices = Array.from({ length: count }, (_, k) =>
      Float32Array.from({ length: columns * 9 }, (_, at) => {
        const [i, j] = [at % columns, Math.floor(at / columns)];
        return Math.hypot(0.8 * (i + 0.5) - 60, 0.8 * (j - 4), 2 * (k + 0.5) - 50) < 30 ? 200 : 100;
      }),
    );
    const lattice = latticeOf(
      slices.map((_, k) => ({
        size: { columns, rows: 9 },
        plane: {
          origin: patientPoint(0.4, 0.4, 2 * k + 1),
          rowDirection: [1, 0, 0] as const,
          columnDirection: [0, 1, 0] as const,
          spacing: { row: millimetres(0.8), column: millimetres(0.8) },
        },
      })),
    );
    if (!lattice) throw new Error('a stack');
    const picture = {
      size: { columns: 150, rows: 125 },
      corner: patientPoint(0, 3.6, 0),
      right: patientPoint(0.8, 3.6, 0),
      down: patientPoint(0, 3.6, 0.8),
    };
    const at = valuesOver({ lattice, slices, isLabelMap: false }, picture);
    const plane = { image: { size: picture.size, at }, pitch: 0.8 };
    const [made] = (await play([...around, { type: 'finish' }], plane)).outcomes;
    if (made?.type !== 'drawn') throw new Error('nothing was drawn');
    for (const [x, y] of made.points)
      expect(Math.abs(Math.hypot(x - 60, y - 50) - 30)).toBeLessThan(2);
    expect(Math.abs(polygonArea(made.points) / (Math.PI * 900) - 1)).toBeLessThan(0.05);
  });

  test('is closed by a click on its first place as by Enter', async () => {
    const closed = (await play([...around, ...clickAt(0)])).outcomes;
    expect(closed).toEqual((await play([...around, { type: 'finish' }])).outcomes);
  });

  test('loses its last anchor and the way to it by Backspace, and is given up by the last', async () => {
    const wrong = clickAt(5.5, 45);
    const { outcomes } = await play([...around, ...wrong, { type: 'back' }, { type: 'finish' }]);
    expect(outcomes).toEqual((await play([...around, { type: 'finish' }])).outcomes);
    expect((await play([...clickAt(0), { type: 'back' }])).drawing).toEqual(IDLE);
  });

  test('keeps its anchors apart from the steps between them', async () => {
    const { drawing } = await play([...clickAt(0), ...clickAt(1.5)]);
    if (drawing.at !== 'outlining') throw new Error('not under way');
    expect(drawing.wire?.anchors).toEqual([0, drawing.points.length - 1]);
    expect(drawing.points.length).toBeGreaterThan(30);
  });
});
