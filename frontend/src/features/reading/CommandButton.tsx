/** A command as an icon button; its key shows in the tooltip, as everywhere. */
import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Command, isEnabled, shortcutsOf } from '../../commands/registry';
import { KeyCap } from '../../ui/KeyCap';
import styles from './Reading.module.css';

export interface CommandButtonProps {
  readonly command: Command;
  readonly icon: ReactNode;
  readonly isActive?: boolean;
}

/** A pressed button must not keep the focus, or Enter would press it again instead of submitting. */
export const keepFocus = (event: React.MouseEvent) => event.preventDefault();

export function CommandButton({ command, icon, isActive }: CommandButtonProps) {
  const shortcut = shortcutsOf(command)[0];
  return (
    <Tooltip
      position="right"
      label={
        <span className={styles.tip}>
          {command.title} {shortcut && <KeyCap shortcut={shortcut} />}
        </span>
      }
    >
      <button
        type="button"
        className={styles.tool}
        aria-label={command.title}
        aria-pressed={isActive}
        disabled={!isEnabled(command)}
        onMouseDown={keepFocus}
        onClick={() => void command.run()}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
