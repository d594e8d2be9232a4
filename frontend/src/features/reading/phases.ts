/** Series over time: one time after another at the same place, or all times of one place as a stack. */
import type { Command } from '../../commands/registry';
import { type Gaze, turnOn } from '../../viewer/camera';
import type { Series } from '../../viewer/frames';
import type { Moment } from '../../viewer/moments';
import type { View } from '../../viewer/stackEngine';
import { t } from '../../words/t';
import { type Cell, useLayout, visibleCells } from './layout';
import { ports } from './ports';
import { useReadout } from './readout';

/** In a stack of times the index is the time, else it is the slice. */
export const momentOf = ({ phase = 0, slice }: Cell, index: number): Moment =>
  slice === undefined ? { phase, slice: index } : { phase: index, slice };

/** The series in a viewport as a whole, where it has several times. */
export function timedSeries(all: readonly Series[], cell: Cell | undefined): Series | undefined {
  const found = all.find(({ series_uid }) => series_uid === cell?.seriesUid);
  return found?.phases && !cell?.view ? found : undefined;
}

interface Look {
  readonly seriesUid: string | null;
  readonly view: View;
  readonly gaze: Gaze | null;
}

/** Looks that wait for the first image of a viewport. */
const kept = new Map<number, Look>();

const seriesAt = (at: number): string | null => useLayout.getState().cells[at]?.seriesUid ?? null;

/**
 * What comes into these viewports is looked at as what is there now: the same place, as large, as
 * it was turned and mirrored, in its window, inverted or not.
 */
function keepLooks(cells: readonly number[]): void {
  for (const at of cells) {
    const { handle, view } = ports.get(at) ?? {};
    const seriesUid = seriesAt(at);
    // One that is still on its way has nothing of its own yet: what was before it stays.
    if (!handle || !view?.affine || kept.get(at)?.seriesUid === seriesUid) continue;
    kept.set(at, { seriesUid, view, gaze: handle.gaze(view) });
  }
}

/** Looks at what came into a viewport as at what was there before it, once. */
export function lookAsBefore(at: number): void {
  const look = kept.get(at);
  const handle = ports.get(at)?.handle;
  kept.delete(at);
  if (!look || !handle || look.seriesUid !== seriesAt(at)) return;
  const { view, gaze } = look;
  if (gaze && view.affine) handle.lookAt(gaze, turnOn(view.affine));
  if (view.window) handle.setWindow(view.window);
  if (view.isInverted) handle.invert();
}

/** The next time at the same place, round and round; planes through the series go along. */
export function showPhase(series: Series, phase: number): void {
  const layout = useLayout.getState();
  const { active, cells } = layout;
  const cell = cells[active];
  const count = series.phases?.length ?? 0;
  if (!cell || count === 0) return;
  const wanted = (phase + count) % count;
  if (cell.slice !== undefined) {
    useReadout.getState().viewport?.show(wanted);
    return;
  }
  const isOfSeries = ({ seriesUid, slice }: Cell) =>
    seriesUid === cell.seriesUid && slice === undefined;
  const alike = visibleCells(layout).flatMap((other, at) => (isOfSeries(other) ? [at] : []));
  const which = alike.some((at) => cells[at]?.plane !== undefined) ? alike : [active];
  keepLooks(which.filter((at) => cells[at]?.plane === undefined && !cells[at]?.isVolume));
  useLayout.setState({
    cells: cells.map((other, at) => (which.includes(at) ? { ...other, phase: wanted } : other)),
  });
}

/** All times at the place on screen as a stack, which can be scrolled and played; and back. */
export function toggleThroughPhases(): void {
  const layout = useLayout.getState();
  const { active, cells, indices } = layout;
  const cell = cells[active];
  if (!cell) return;
  const { phase, slice } = momentOf(cell, indices[active] ?? 0);
  keepLooks([active]);
  const { slice: was, ...bare } = cell;
  const isThrough = was !== undefined;
  useLayout.setState({
    cells: cells.with(active, isThrough ? { ...bare, phase } : { ...bare, slice }),
    indices: indices.with(active, isThrough ? slice : phase),
  });
}

/** `series` is the one in the active viewport, where it has several times. */
export function phaseCommands(series: Series | undefined): Command[] {
  const section = t('Phases');
  const here = () => {
    const { cells, active, indices } = useLayout.getState();
    return { cell: cells[active], index: indices[active] ?? 0 };
  };
  const step = (by: 1 | -1) => () => {
    const { cell, index } = here();
    if (series && cell) showPhase(series, momentOf(cell, index).phase + by);
  };
  const isEnabled = () => series !== undefined;
  return [
    {
      id: 'phase.next',
      title: t('Next phase, at the same place'),
      section,
      shortcut: 'shift+right',
      isEnabled,
      run: step(1),
    },
    {
      id: 'phase.previous',
      title: t('Previous phase, at the same place'),
      section,
      shortcut: 'shift+left',
      isEnabled,
      run: step(-1),
    },
    {
      id: 'phase.through',
      title: t('Scroll and play through the phases of a slice, or through slices again'),
      section,
      shortcut: 'alt+shift+c',
      isEnabled: () => {
        const { cell } = here();
        return series !== undefined && cell?.plane === undefined && !cell?.isVolume;
      },
      isOn: () => here().cell?.slice !== undefined,
      run: toggleThroughPhases,
    },
  ];
}
