/** A command as an icon button; its key shows in the tooltip, as everywhere. */
import { Tooltip } from '@mantine/core';
import { memo, type ReactNode, useEffect, useRef, useState } from 'react';
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

/** The pointer has rested on the button for this long when its tooltip comes. */
const REST_MS = 350;

/** True while the pointer rests on something, and what tells that it does. */
function useRest() {
  const [isResting, setResting] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const end = () => {
    clearTimeout(timer.current);
    setResting(false);
  };
  const begin = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setResting(true), REST_MS);
  };
  return { isResting, hands: { onPointerEnter: begin, onPointerLeave: end, onPointerDown: end } };
}

/**
 * Drawn anew only when it looks different, and its tooltip only when it is wanted: a column of
 * tooltips costs more than a slice.
 */
const KeyedButton = memo(function KeyedButton(props: KeyedButtonProps) {
  const { command, icon, isActive, shortcut, isDisabled } = props;
  const button = useRef<HTMLButtonElement>(null);
  const { isResting, hands } = useRest();
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.tool}
        aria-label={command.title}
        aria-pressed={isActive}
        disabled={isDisabled}
        onMouseDown={keepFocus}
        onClick={() => void command.run()}
        {...hands}
      >
        {icon}
      </button>
      {isResting && (
        <Tooltip
          opened
          target={button}
          position="right"
          label={
            <span className={styles.tip}>
              {command.title} {shortcut && <KeyCap shortcut={shortcut} />}
            </span>
          }
        />
      )}
    </>
  );
});
