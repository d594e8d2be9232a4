import { beforeEach, describe, expect, test } from 'vitest';
import { millimetres, patientPoint } from '../../geometry/units';
import type { Frame, Series } from '../../viewer/frames';
import {
  bestOf,
  candidatesFor,
  changeLook,
  fusionCommands,
  hungLook,
  layAsHung,
  lookOf,
  useFusion,
} from './fusion';
import { useLayout } from './layout';
import { closePlanes, openPlanes } from './planes';

/** Five slices of PET-like values with a window of their own, so that nothing is asked for. */
function series(series_uid: string, modality: string, frame_of_reference_uid = '1.2.3'): Series {
  const frames = [0, 2, 4, 6, 8].map(
    (z) =>
      ({
        imageId: `${series_uid}/${z}`,
        modality,
        size: { columns: 4, rows: 4 },
        isPlaced: true,
        isColour: false,
        frame_of_reference_uid,
        valueUnit: 'g/ml',
        suvFactor: modality === 'PT' ? 1 : null,
        windows: [],
        plane: {
          origin: patientPoint(0, 0, z),
          rowDirection: [1, 0, 0],
          columnDirection: [0, 1, 0],
          spacing: { row: millimetres(1), column: millimetres(1) },
        },
      }) as unknown as Frame,
  );
  return { series_uid, modality, series_number: 1, description: '', thumbnailUrl: '', frames };
}

const CT = series('ct', 'CT');
const OTHER_CT = series('ct2', 'CT');
const PET = series('pet', 'PT');
const AWAY = series('away', 'PT', '1.2.9');
const ALL = [CT, OTHER_CT, AWAY, PET];

const scaled = (series: Series, suvFactor: number): Series => ({
  ...series,
  frames: series.frames.map((frame) => ({ ...frame, suvFactor })),
});

const press = (id: string) => {
  const { cells, active } = useLayout.getState();
  const command = fusionCommands(ALL, cells[active]).find((one) => one.id === `overlay.${id}`);
  if (command?.isEnabled?.() !== false) void command?.run();
};

const overlays = () => useLayout.getState().cells.map(({ overlayUid }) => overlayUid ?? null);

beforeEach(() => {
  useFusion.setState({ isAsked: false, looks: {}, colours: {} });
  useLayout.getState().open([CT]);
});

describe('laying a series over another', () => {
  test('takes PET of the same frame of reference first, and goes round what there is', async () => {
    expect(candidatesFor(CT, ALL).map(({ reason }) => reason)).toEqual([
      null,
      'It lies in another frame of reference.',
      null,
    ]);
    expect(bestOf(CT, candidatesFor(CT, ALL))).toBe(PET);
    press('toggle');
    expect(overlays()[0]).toBe('pet');
    await Promise.resolve();
    expect(lookOf('pet').ends).toEqual({ low: 0, high: 7 });
    press('next');
    press('next');
    expect(overlays()[0]).toBe('pet');
    press('more');
    press('map');
    expect(lookOf('pet')).toMatchObject({ map: 'rainbow', opacity: 0.6 });
    press('toggle');
    expect(overlays()[0]).toBeNull();
    press('toggle');
    expect(lookOf('pet')).toMatchObject({ map: 'rainbow', opacity: 0.6 });
  });

  test('hangs as a protocol asks, and only what lies in the same space', async () => {
    useLayout.getState().open([CT, OTHER_CT]);
    const asked = { modality: 'PT', colours: 'viridis', opacity: 0.3 } as const;
    layAsHung([asked, null], () => PET, ALL);
    expect(overlays().slice(0, 2)).toEqual(['pet', null]);
    await Promise.resolve();
    expect(lookOf('pet')).toEqual({ map: 'viridis', opacity: 0.3, ends: { low: 0, high: 7 } });
    changeLook('pet', { ends: { low: 1, high: 10 } });
    const kept = hungLook(PET);
    expect(kept.ends).toEqual({ low: 1, high: 10, unit: 'SUVbw' });
    // another scale of values, the same SUV
    const other = scaled(PET, 0.5);
    layAsHung([{ ...asked, ...kept }], () => other, ALL);
    expect(lookOf('pet').ends).toEqual({ low: 2, high: 20 });
    useLayout.getState().open([CT, OTHER_CT]);
    layAsHung([asked, asked], () => AWAY, ALL);
    layAsHung([asked], () => CT, ALL);
    layAsHung([asked], () => undefined, ALL);
    expect(overlays().slice(0, 2)).toEqual([null, null]);
  });

  test('goes with the viewport into all planes, and not to another series', () => {
    press('toggle');
    openPlanes(CT);
    expect(overlays().slice(0, 4)).toEqual(['pet', 'pet', 'pet', 'pet']);
    press('toggle');
    expect(overlays().slice(0, 4)).toEqual([null, null, null, null]);
    closePlanes();
    expect(overlays()[0]).toBe('pet');
    useLayout.getState().show(0, 'ct2');
    expect(overlays()[0]).toBeNull();
  });

  test('colours the series itself where nothing is laid over it, and grey comes round', () => {
    press('map');
    expect(useFusion.getState().colours).toEqual({ ct: 'hot' });
    for (let times = 0; times < 5; times += 1) press('map');
    expect(useFusion.getState().colours).toEqual({});
  });

  test('says in the panel why there is nothing to lay over', () => {
    const alone = [CT, AWAY];
    const [toggle] = fusionCommands(alone, useLayout.getState().cells[0]);
    void toggle?.run();
    expect(overlays()[0]).toBeNull();
    expect(useFusion.getState().isAsked).toBe(true);
  });
});
