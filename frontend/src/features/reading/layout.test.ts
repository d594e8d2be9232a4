import { beforeEach, describe, expect, test, vi } from 'vitest';
import { findConflicts } from '../../commands/registry';
import { millimetres, patientPoint } from '../../geometry/units';
import type { Frame, Series } from '../../viewer/frames';
import type { View } from '../../viewer/stackEngine';
import type { ViewportHandle } from '../../viewer/Viewport';
import { seriesIn, useLayout, visibleCells } from './layout';
import { layoutCommands } from './layoutCommands';
import { lookAsBefore, showPhase } from './phases';
import { createPorts, ports } from './ports';

const series = ['1', '2', '3'].map(
  (series_uid) => ({ series_uid, frames: [] }) as unknown as Series,
);

const press = (id: string) =>
  layoutCommands(undefined)
    .find((command) => command.id === id)
    ?.run();

const shown = () => visibleCells(useLayout.getState()).map(({ seriesUid }) => seriesUid);

beforeEach(() => {
  useLayout.getState().open(series);
  useLayout.getState().arrange({ rows: 1, columns: 1 });
});

describe('the grid', () => {
  test('gives every viewport the next series, and leaves the rest empty', () => {
    useLayout.getState().arrange({ rows: 2, columns: 2 });
    expect(shown()).toEqual(['1', '2', '3', null]);
  });

  test('what a viewport showed is there again after a smaller grid', () => {
    const { arrange, show } = useLayout.getState();
    arrange({ rows: 1, columns: 2 });
    show(1, '3', 17);
    arrange({ rows: 1, columns: 1 });
    arrange({ rows: 1, columns: 2 });
    expect(useLayout.getState().cells[1]).toEqual({ seriesUid: '3' });
    expect(useLayout.getState().indices[1]).toBe(17);
  });

  test('a viewport that is no longer there cannot stay the active one', () => {
    const { arrange, activate } = useLayout.getState();
    arrange({ rows: 2, columns: 2 });
    activate(3);
    arrange({ rows: 1, columns: 2 });
    expect(useLayout.getState().active).toBe(0);
  });

  test('keys walk the layouts and the viewports round and round', () => {
    press('layout.next');
    expect(shown()).toHaveLength(2);
    press('layout.nextViewport');
    press('layout.nextViewport');
    expect(useLayout.getState().active).toBe(0);
    press('layout.previousViewport');
    expect(useLayout.getState().active).toBe(1);
    expect(findConflicts(layoutCommands(undefined))).toEqual([]);
  });

  test('a series of another case is not looked for in vain', () => {
    expect(seriesIn(series, { seriesUid: '9' })).toBeUndefined();
  });
});

const frames = (from: number, space = '1.9'): Frame[] =>
  Array.from(
    { length: 10 },
    (_, index) =>
      ({
        plane: {
          origin: patientPoint(0, 0, from + index),
          rowDirection: [1, 0, 0],
          columnDirection: [0, 1, 0],
          spacing: { row: millimetres(1), column: millimetres(1) },
        },
        isPlaced: true,
        frame_of_reference_uid: space,
        modality: 'CT',
        valueUnit: 'HU',
        isColour: false,
      }) as unknown as Frame,
  );

const view = (index: number, width = 400): View => ({
  index,
  affine: null,
  window: { center: 40, width },
  isInverted: false,
});

function linked(otherSpace = '1.9') {
  const ports = createPorts();
  const left = { show: vi.fn(), wanted: () => 2 };
  const right = { show: vi.fn(), setWindow: vi.fn() };
  ports.put(0, frames(0), left as unknown as ViewportHandle);
  ports.put(1, frames(-3, otherSpace), right as unknown as ViewportHandle);
  const off = { scroll: false, zoom: false, window: false };
  ports.note(0, view(0), true, off);
  ports.note(1, view(0), false, off);
  return { ports, left, right, off };
}

describe('viewports that are linked', () => {
  test('follow the active one by place, and only where the link is on', () => {
    const { ports, right, off } = linked();
    ports.note(0, view(2), true, off);
    expect(right.show).not.toHaveBeenCalled();
    ports.note(0, view(3), true, { ...off, scroll: true });
    expect(right.show).toHaveBeenLastCalledWith(6);
  });

  test('are linked as they hang, also where a slice was on its way when they were hung', () => {
    const { ports, right, off } = linked('1.8');
    const on = { ...off, scroll: true };
    expect(ports.arriveAt(0)).toBe(2);
    ports.note(0, view(2), true, on);
    expect(right.show).not.toHaveBeenCalled();
    ports.note(0, view(4), true, on);
    expect(right.show).toHaveBeenLastCalledWith(2);
  });

  test('do not answer back', () => {
    const { ports, left, off } = linked();
    ports.note(1, view(5), false, { ...off, scroll: true, window: true });
    expect(left.show).not.toHaveBeenCalled();
  });

  test('take over a window only when it changed', () => {
    const { ports, right, off } = linked();
    ports.note(0, view(1), true, { ...off, window: true });
    expect(right.setWindow).not.toHaveBeenCalled();
    ports.note(0, view(1, 1500), true, { ...off, window: true });
    expect(right.setWindow).toHaveBeenLastCalledWith({ center: 40, width: 1500 });
  });
});

const common = { scroll: true, zoom: false, window: true };

function alone(leads: boolean) {
  const ports = createPorts(() => leads);
  const handle = { show: vi.fn(), setWindow: vi.fn() };
  ports.put(0, frames(0), handle as unknown as ViewportHandle);
  return { ports, handle };
}

describe('the viewport used in the other window', () => {
  test('is followed by place from its first slice on, and by its window', () => {
    const { ports, handle } = alone(false);
    ports.note(0, view(0), true, common);
    const there = frames(-3);
    ports.followElsewhere(there, view(5), false, common);
    expect(handle.show).toHaveBeenLastCalledWith(2);
    ports.note(0, view(2), true, common);
    ports.followElsewhere(there, view(8, 1500), false, common);
    expect(handle.show).toHaveBeenLastCalledWith(5);
    expect(handle.setWindow).toHaveBeenLastCalledWith({ center: 40, width: 1500 });
    ports.followElsewhere(there, view(9), false, { ...common, scroll: false });
    expect(handle.show).toHaveBeenCalledTimes(2);
  });

  test('is not followed where it was led from here, and leads from there on without a gap', () => {
    const { ports, handle } = alone(true);
    ports.note(0, view(3), true, common);
    const elsewhere = frames(100).map((frame) => ({ ...frame, frame_of_reference_uid: '1.10' }));
    ports.followElsewhere(elsewhere, view(4), true, common);
    expect(handle.show).not.toHaveBeenCalled();
    ports.followElsewhere(elsewhere, view(5), false, common);
    expect(handle.show).toHaveBeenLastCalledWith(4);
  });

  test('leads every viewport here by itself; the active one tells where it was led', () => {
    const { ports } = alone(false);
    const right = { show: vi.fn(), setWindow: vi.fn() };
    ports.put(1, frames(0), right as unknown as ViewportHandle);
    const heard: [number, boolean][] = [];
    ports.onUsed((_, { index }, isLed) => heard.push([index, isLed]));
    ports.note(0, view(0), true, common);
    ports.note(1, view(0), false, common);
    ports.note(0, view(3), true, common);
    expect(right.show).not.toHaveBeenCalled();
    expect(heard).toEqual([
      [0, true],
      [3, true],
    ]);
  });

  test('gives its window to a stack that comes on screen here', () => {
    const { ports, handle } = alone(false);
    ports.followElsewhere(frames(0), view(5, 1500), false, common);
    ports.note(0, view(5), true, common);
    expect(handle.setWindow).toHaveBeenLastCalledWith({ center: 40, width: 1500 });
  });
});

test('a phase comes on screen as the last one was left: place, turn, mirroring, inversion, window', () => {
  const gaze = { place: patientPoint(1, 2, 3), pixelsPerMillimetre: 2 };
  const handle = { gaze: () => gaze, lookAt: vi.fn(), setWindow: vi.fn(), invert: vi.fn() };
  const affine = { a: 0, b: 2, c: 2, d: 0, e: 5, f: 7 };
  const off = { scroll: false, zoom: false, window: false };
  const timed = { ...series[0], phases: [{}, {}, {}] } as unknown as Series;
  const come = () => ports.put(0, frames(0), handle as unknown as ViewportHandle);
  come();
  ports.note(0, { ...view(4, 900), affine, isInverted: true }, true, off);
  showPhase(timed, 1);
  come();
  ports.note(0, view(-1), true, off);
  // gone on from before anything of it was there
  showPhase(timed, 2);
  come();
  lookAsBefore(0);
  lookAsBefore(0);
  expect(handle.lookAt.mock.calls).toEqual([[gaze, { x: [0, 2], y: [2, 0] }]]);
  expect(handle.setWindow.mock.calls).toEqual([[{ center: 40, width: 900 }]]);
  expect(handle.invert).toHaveBeenCalledOnce();

  // what never came is not waited for by another series
  ports.note(0, { ...view(4), affine }, true, off);
  showPhase(timed, 1);
  useLayout.getState().show(0, '2');
  lookAsBefore(0);
  expect(handle.lookAt).toHaveBeenCalledOnce();
  ports.put(0, [], null);
});
