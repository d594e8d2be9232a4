/** The window on screen, and the customary ones to choose from. */
import { Menu, UnstyledButton } from '@mantine/core';
import { IconChevronUp } from '@tabler/icons-react';
import { memo } from 'react';
import { CommandKey } from '../../commands/CommandKey';
import { KeyCap } from '../../ui/KeyCap';
import type { Frame } from '../../viewer/frames';
import { windowChoices, windowTitle } from '../../viewer/greyWindows';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { toggleOwnWindows, useOwnWindows } from './ownWindows';
import styles from './Reading.module.css';
import { useReadout } from './readout';
import { WindowPanelAt } from './WindowPanel';
import { windowText } from './windowText';

interface FramesProps {
  /** Those of the active viewport. */
  readonly frames: readonly Frame[];
}

/** Scrolling draws it anew only where it brings another window. */
export const WindowMenu = memo(function WindowMenu({ frames }: FramesProps) {
  const text = useReadout(({ view }) =>
    view?.window && frames[view.index] ? windowText(view.window) : null,
  );
  const [first] = frames;
  if (text === null || !first || windowChoices(first).length === 0) return null;
  return (
    <WindowPanelAt frame={first}>
      <Menu position="top-start" withinPortal returnFocus={false}>
        <Menu.Target>
          <UnstyledButton
            className={styles.window}
            title={t('Choose a window')}
            onMouseDown={keepFocus}
          >
            {text} <IconChevronUp size={12} aria-hidden="true" />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {t('Window')} <CommandKey id="image.previousWindow" />{' '}
            <CommandKey id="image.nextWindow" />
          </Menu.Label>
          <Choices frames={frames} />
          <Menu.Divider />
          <Menu.Item rightSection={<CommandKey id="image.ownWindows" />} onClick={toggleOwnWindows}>
            {t('By numbers, and my own…')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </WindowPanelAt>
  );
});

/** There only while the menu is open. */
function Choices({ frames }: FramesProps) {
  const index = useReadout((state) => state.view?.index ?? 0);
  const viewport = useReadout((state) => state.viewport);
  const own = useOwnWindows();
  const frame = frames[index];
  if (!frame) return null;
  return windowChoices(frame, own).map((choice) => (
    <Menu.Item
      key={`${choice.isOwn} ${choice.name}`}
      rightSection={choice.shortcut && <KeyCap shortcut={choice.shortcut} />}
      onClick={() => viewport?.setWindow(choice.window)}
    >
      {windowTitle(choice.name)} {choice.window && <small>{windowText(choice.window)}</small>}
    </Menu.Item>
  ));
}
