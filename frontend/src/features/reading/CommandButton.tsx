/** A command as an icon button; its key shows in the tooltip, as everywhere. */
import { Tooltip } from '@mantine/core';
import { memo, type ReactNode } from 'react';
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

export function CommandButton(props: CommandButtonProps) {
  const [shortcut] = shortcutsOf(props.command);
  return <KeyedButton {...props} shortcut={shortcut} isDisabled={!isEnabled(props.command)} />;
}

interface KeyedButtonProps extends CommandButtonProps {
  readonly shortcut: string | undefined;
  readonly isDisabled: boolean;
}

/** Drawn anew only when it looks different: a column of tooltips costs more than a slice. */
const KeyedButton = memo(function KeyedButton(props: KeyedButtonProps) {
  const { command, icon, isActive, shortcut, isDisabled } = props;
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
        disabled={isDisabled}
        onMouseDown={keepFocus}
        onClick={() => void command.run()}
      >
        {icon}
      </button>
    </Tooltip>
  );
});
