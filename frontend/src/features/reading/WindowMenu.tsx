/** The window on screen, and the customary ones to choose from. */
import { Menu, UnstyledButton } from '@mantine/core';
import { IconChevronUp } from '@tabler/icons-react';
import { CommandKey } from '../../commands/CommandKey';
import { KeyCap } from '../../ui/KeyCap';
import type { GreyWindow } from '../../viewer/frameFacts';
import type { Frame } from '../../viewer/frames';
import { windowChoices, windowTitle } from '../../viewer/greyWindows';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import styles from './Reading.module.css';
import { useReadout } from './readout';

interface WindowMenuProps {
  readonly frame: Frame;
  readonly window: GreyWindow;
}

export const windowText = ({ width, center }: GreyWindow): string => {
  const level = Math.round(center);
  return `W ${Math.round(width)} L ${level < 0 ? `−${-level}` : level}`;
};

export function WindowMenu({ frame, window }: WindowMenuProps) {
  const viewport = useReadout((state) => state.viewport);
  const choices = windowChoices(frame);
  if (choices.length === 0) return null;
  return (
    <Menu position="top-start" withinPortal returnFocus={false}>
      <Menu.Target>
        <UnstyledButton
          className={styles.window}
          title={t('Choose a window')}
          onMouseDown={keepFocus}
        >
          {windowText(window)} <IconChevronUp size={12} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {t('Window')} <CommandKey id="image.previousWindow" />{' '}
          <CommandKey id="image.nextWindow" />
        </Menu.Label>
        {choices.map((choice) => (
          <Menu.Item
            key={choice.name}
            rightSection={choice.shortcut && <KeyCap shortcut={choice.shortcut} />}
            onClick={() => viewport?.setWindow(choice.window)}
          >
            {windowTitle(choice.name)} {choice.window && <small>{windowText(choice.window)}</small>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
