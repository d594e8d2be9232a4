/** Commands for cutting a series in other planes. */
import type { Command } from '../../commands/registry';
import { uprightAt } from '../../geometry/planes';
import type { Series } from '../../viewer/frames';
import { SLAB_NAMES } from '../../viewer/PlaneText';
import type { SlabMode } from '../../viewer/volumeEngine';
import { t } from '../../words/t';
import { closePlanes, openPlanes, project, setPlanes, thicken, usePlanes } from './planes';
import { useReading } from './store';

const SECTION = t('Planes');

const MODES: readonly SlabMode[] = ['maximum', 'minimum', 'average'];

const isOpen = () => usePlanes.getState().planes !== null;

function nextMode(): void {
  const { slab } = usePlanes.getState();
  const at = slab.thickness_mm === 0 ? -1 : MODES.indexOf(slab.mode);
  project(MODES[(at + 1) % MODES.length] ?? 'maximum');
}

function straighten(): void {
  const { planes } = usePlanes.getState();
  if (planes) setPlanes(uprightAt(planes.centre));
}

/** `series` is the one in the active viewport. */
export function planeCommands(series: Series | undefined): Command[] {
  const command = (
    id: string,
    title: string,
    shortcut: string | undefined,
    run: () => void,
    isEnabled: () => boolean = isOpen,
  ): Command => ({
    id: `planes.${id}`,
    title,
    section: SECTION,
    ...(shortcut ? { shortcut } : {}),
    isEnabled,
    run,
  });
  return [
    {
      ...command(
        'toggle',
        t('Three planes'),
        'p',
        () => (isOpen() ? closePlanes() : series && openPlanes(series)),
        () => isOpen() || (series?.frames.length ?? 0) > 1,
      ),
      isOn: isOpen,
    },
    command('crosshair', t('Crosshair'), 't', () => useReading.getState().use('crosshair')),
    command('straighten', t('Straighten the planes'), 'shift+x', straighten),
    command('mode', t('Next projection: MIP, MinIP, average'), 'd', nextMode),
    command('thicker', t('Thicker slab'), 'shift+up', () => thicken(1)),
    command('thinner', t('Thinner slab'), 'shift+down', () => thicken(-1)),
    command('thin', t('Thin cut'), 'shift+d', () =>
      usePlanes.setState({ slab: { mode: 'maximum', thickness_mm: 0 } }),
    ),
    ...MODES.map((mode) =>
      command(mode, t('Projection: {name}', { name: SLAB_NAMES[mode] }), undefined, () =>
        project(mode),
      ),
    ),
  ];
}
