/** Commands that lay the images out: grid, active viewport, links, cine. */
import type { Command } from '../../commands/registry';
import type { Frame } from '../../viewer/frames';
import { USUAL_RATE } from '../../viewer/useCine';
import { t } from '../../words/t';
import { forgetAlignments, linkByHand } from './alignment';
import { GRIDS, gridName, type LinkKind, useLayout, visibleCells } from './layout';
import { ports } from './ports';

const SECTION = t('Layout');

const hasSeveral = () => visibleCells(useLayout.getState()).length > 1;

const RATES = [1, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30];

function turnGrid(by: 1 | -1): void {
  const { rows, columns, arrange } = useLayout.getState();
  const at = GRIDS.findIndex((grid) => grid.rows === rows && grid.columns === columns);
  const next = GRIDS[(at + by + GRIDS.length) % GRIDS.length];
  if (next) arrange(next);
}

function activateBy(by: 1 | -1): void {
  const layout = useLayout.getState();
  const count = visibleCells(layout).length;
  layout.activate((layout.active + by + count) % count);
}

const link = (kind: LinkKind, title: string, shortcut: string): Command => ({
  id: `link.${kind}`,
  title,
  section: SECTION,
  shortcut,
  isEnabled: hasSeveral,
  isOn: () => useLayout.getState().links[kind],
  run: () => {
    const { links, toggleLink } = useLayout.getState();
    if (kind === 'scroll' && !links.scroll) linkByHand(ports.all());
    ports.forget();
    toggleLink(kind);
  },
});

/** Back from a link by hand, or once more where content was not sure. */
const ALIGN: Command = {
  id: 'link.content',
  title: t('Align an earlier study by content'),
  section: SECTION,
  shortcut: 'alt+shift+s',
  isEnabled: hasSeveral,
  run: () => {
    const { links, toggleLink } = useLayout.getState();
    forgetAlignments(ports.all());
    ports.forget();
    if (!links.scroll) toggleLink('scroll');
  },
};

/** The rate a stack plays at: the reader's, else the file's, else the usual one. */
export const cineRate = (frame: Frame | undefined): number =>
  useLayout.getState().framesPerSecond ?? frame?.framesPerSecond ?? USUAL_RATE;

function changeRate(frame: Frame | undefined, by: 1 | -1): void {
  const now = cineRate(frame);
  const next =
    by > 0 ? RATES.find((rate) => rate > now) : RATES.filter((rate) => rate < now).at(-1);
  if (next) useLayout.getState().setRate(next);
}

/** `frame` is the first of the active stack. */
export function layoutCommands(frame: Frame | undefined): Command[] {
  const command = (
    id: string,
    title: string,
    shortcut: string | undefined,
    run: () => void,
    isEnabled?: () => boolean,
  ): Command => ({
    id: `layout.${id}`,
    title,
    section: SECTION,
    ...(shortcut ? { shortcut } : {}),
    ...(isEnabled ? { isEnabled } : {}),
    run,
  });
  const { arrange, toggleMaximised } = useLayout.getState();
  return [
    command('next', t('Next layout'), 'shift+l', () => turnGrid(1)),
    command('maximise', t('Maximise or restore the viewport'), 'x', toggleMaximised, hasSeveral),
    command('nextViewport', t('Next viewport'), 'n', () => activateBy(1), hasSeveral),
    command(
      'previousViewport',
      t('Previous viewport'),
      'shift+n',
      () => activateBy(-1),
      hasSeveral,
    ),
    ...GRIDS.map((grid) =>
      command(gridName(grid), t('Layout {grid}', { grid: gridName(grid) }), undefined, () =>
        arrange(grid),
      ),
    ),
    link('scroll', t('Scroll together'), 'shift+s'),
    ALIGN,
    link('zoom', t('Zoom and pan together'), 'shift+z'),
    link('window', t('Window together'), 'shift+w'),
    {
      ...command('cine', t('Play or stop'), 'c', () => {
        const { isPlaying, play } = useLayout.getState();
        play(!isPlaying);
      }),
      isOn: () => useLayout.getState().isPlaying,
    },
    command('faster', t('Play faster'), '>', () => changeRate(frame, 1)),
    command('slower', t('Play slower'), '<', () => changeRate(frame, -1)),
  ];
}
