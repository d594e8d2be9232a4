import { expect, test } from 'vitest';
import { uprightAt } from '../../geometry/planes';
import { imagePoint, millimetres, patientPoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import type { Mark } from '../../viewer/marks';
import { useLayout } from './layout';
import { usePlanes } from './planes';
import { sliceTicks } from './sliceTicks';
import { lookHereCommands } from './useLookHere';

/** Five slices 4 mm apart, each 20 x 20 mm in pixels of 1 mm. */
const frames = [0, 4, 8, 12, 16].map(
  (z) =>
    ({
      sop_instance_uid: `1.${z}`,
      frame_number: 1,
      isPlaced: true,
      size: { rows: 20, columns: 20 },
      plane: {
        origin: patientPoint(0, 0, z),
        rowDirection: [1, 0, 0],
        columnDirection: [0, 1, 0],
        spacing: { row: millimetres(1), column: millimetres(1) },
      },
    }) as unknown as Frame,
);
const mark = {
  id: 'm',
  kind: 'box',
  sop_instance_uid: '1.12',
  frame_number: 1,
  points: [imagePoint(5.5, 2.5), imagePoint(8, 8)],
} as unknown as Mark;
const { axes } = uprightAt(patientPoint(10, 10, 8));

test('on a plane the bar counts the steps of the plane', () => {
  expect(sliceTicks(frames, [mark], null)).toMatchObject({ last: 4, marked: [3] });
  // seen from the feet, the last slice of the stack comes first
  const axial = sliceTicks(frames, [mark], axes.axial.normal);
  expect(axial).toMatchObject({ last: 4, marked: [1] });
  expect([0, 3].map(axial.ofSlice)).toEqual([4, 1]);
  // the coronal plane goes through rows, from the back to the front
  const coronal = sliceTicks(frames, [mark], axes.coronal.normal);
  expect(coronal).toMatchObject({ last: 19, marked: [17] });
  expect(coronal.ofSlice(3)).toBeNull();
});

test('the key to the least sure slice moves the planes there', () => {
  usePlanes.setState({ planes: uprightAt(patientPoint(10, 10, 8)) });
  useLayout.setState({ cells: [{ seriesUid: 's', plane: 'axial' }], active: 0 });
  const doubts = [
    { index: 1, uncertainty: 0.2 },
    { index: 3, uncertainty: 0.9 },
  ];
  void lookHereCommands(doubts, frames)[0]?.run();
  expect(usePlanes.getState().planes?.centre[2]).toBe(12);
});
