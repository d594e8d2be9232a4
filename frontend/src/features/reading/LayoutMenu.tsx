/** Chooses a grid of viewports by pointing at its last one. */
import { Popover, Tooltip } from '@mantine/core';
import { IconLayoutGrid } from '@tabler/icons-react';
import { memo, useCallback, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { CommandKey } from '../../commands/CommandKey';
import { activeCommands, useRegistry } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { KeyCap } from '../../ui/KeyCap';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { type Grid, gridName, useLayout } from './layout';
import styles from './Reading.module.css';
import { toggleVolume, volumeCell } from './volumes';

const SIDE = [1, 2, 3];

/** What a second window shows; in that window only the other of both is offered. */
const OTHER_SCREEN = [
  ['screen.second', t('Second window')],
  ['screen.worklist', t('Worklist in the second window')],
] as const;

export const LayoutMenu = memo(function LayoutMenu() {
  const rows = useLayout((layout) => layout.rows);
  const columns = useLayout((layout) => layout.columns);
  const isVolume = useLayout((layout) => volumeCell(layout) !== undefined);
  const others = useRegistry(
    useShallow(({ scopes }) => {
      const all = activeCommands(scopes);
      return OTHER_SCREEN.map(([id]) => all.find((command) => command.id === id));
    }),
  );
  const { arrange } = useLayout.getState();
  const [isOpen, setOpen] = useState(false);
  const [pointed, setPointed] = useState<Grid | null>(null);
  const lit = pointed ?? { rows, columns };
  const close = useCallback(() => setOpen(false), []);
  const choose = (grid: Grid) => {
    arrange(grid);
    setOpen(false);
  };
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="right-start"
      shadow="none"
      returnFocus={false}
    >
      <Popover.Target>
        <Tooltip
          position="right"
          label={
            <span className={styles.tip}>
              {t('Layout {gridName}', { gridName: gridName({ rows, columns }) })}{' '}
              <KeyCap shortcut="shift+l" />
            </span>
          }
        >
          <button
            type="button"
            className={styles.tool}
            aria-label={t('Layout')}
            aria-expanded={isOpen}
            onMouseDown={keepFocus}
            onClick={() => setOpen(!isOpen)}
          >
            <IconLayoutGrid size={18} />
          </button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <EscapeCloses onClose={close} />
        <div className={styles.gridChoice} onPointerLeave={() => setPointed(null)}>
          {SIDE.flatMap((row) =>
            SIDE.map((column) => (
              <button
                key={`${row}${column}`}
                type="button"
                aria-label={gridName({ rows: row, columns: column })}
                data-lit={row <= lit.rows && column <= lit.columns}
                onPointerEnter={() => setPointed({ rows: row, columns: column })}
                onMouseDown={keepFocus}
                onClick={() => choose({ rows: row, columns: column })}
              />
            )),
          )}
        </div>
        <p className={styles.muted}>{gridName(lit)}</p>
        <button
          type="button"
          className={styles.layoutMore}
          aria-pressed={isVolume}
          onMouseDown={keepFocus}
          onClick={() => {
            toggleVolume();
            setOpen(false);
          }}
        >
          {t('3D')} <CommandKey id="volume.toggle" />
        </button>
        {OTHER_SCREEN.map(
          ([id, title], at) =>
            others[at] && (
              <button
                key={id}
                type="button"
                className={styles.layoutMore}
                onMouseDown={keepFocus}
                onClick={() => {
                  void others[at]?.run();
                  setOpen(false);
                }}
              >
                {title} <CommandKey id={id} />
              </button>
            ),
        )}
      </Popover.Dropdown>
    </Popover>
  );
});

/** There only while the menu is open, whose buttons leave the focus where it was. */
function EscapeCloses({ onClose }: { readonly onClose: () => void }) {
  const commands = useMemo(
    () => [
      {
        id: 'layout.close',
        title: t('Close without a change'),
        section: t('Layout'),
        shortcut: 'escape',
        run: onClose,
      },
    ],
    [onClose],
  );
  useCommands('layout-menu', commands);
  return null;
}
