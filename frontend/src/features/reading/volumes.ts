/** Series in 3D: which viewport shows one, how it looks, and the commands for both. */
import { create } from 'zustand';
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { useLayout, visibleCells } from './layout';

interface VolumeState {
  /** Which look of a series, counted round and round. */
  readonly lookNumber: number;
  /** How much is seen of the volume; 0 leaves the segments alone. */
  readonly strength: number;
}

export const useVolumes = create<VolumeState>()(() => ({ lookNumber: 0, strength: 1 }));

/** From all of the volume to none of it. */
const STRENGTHS = [1, 0.4, 0.12, 0];

/** The viewport in 3D, the active one first; undefined while there is none. */
export function volumeCell(layout = useLayout.getState()): number | undefined {
  const cells = visibleCells(layout);
  if (cells[layout.active]?.isVolume) return layout.active;
  const found = cells.findIndex(({ isVolume }) => isVolume);
  return found < 0 ? undefined : found;
}

/** Beside three planes the slices as acquired make room; else the active viewport does. */
export function toggleVolume(): void {
  const layout = useLayout.getState();
  const open = volumeCell(layout);
  if (open !== undefined) {
    layout.setVolume(open, false);
    return;
  }
  const cells = visibleCells(layout);
  const isActiveCut = cells[layout.active]?.plane !== undefined;
  const uncut = cells.findIndex(({ plane, seriesUid }) => !plane && seriesUid !== null);
  const at = isActiveCut ? uncut : layout.active;
  if (at >= 0) layout.setVolume(at, true);
}

function fade(): void {
  const { strength } = useVolumes.getState();
  const at = STRENGTHS.indexOf(strength);
  useVolumes.setState({ strength: STRENGTHS[(at + 1) % STRENGTHS.length] ?? 1 });
}

/** `series` is the one in the active viewport. */
export function volumeCommands(series: Series | undefined): Command[] {
  const isOpen = () => volumeCell() !== undefined;
  const section = t('Planes');
  return [
    {
      id: 'volume.toggle',
      title: t('3D'),
      section,
      shortcut: 'alt+t',
      isEnabled: () => isOpen() || (series?.frames.length ?? 0) > 1,
      isOn: isOpen,
      run: toggleVolume,
    },
    {
      id: 'volume.look',
      title: t('Next look in 3D: bone, soft tissue, lung, MIP'),
      section,
      shortcut: 'alt+l',
      isEnabled: isOpen,
      run: () => useVolumes.setState(({ lookNumber }) => ({ lookNumber: lookNumber + 1 })),
    },
    {
      id: 'volume.fade',
      title: t('See through the volume in 3D, down to the segments alone'),
      section,
      shortcut: 'alt+h',
      isEnabled: isOpen,
      run: fade,
    },
  ];
}
