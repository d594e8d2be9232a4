/** One label of a panel as a button: its key, its colour, its name, and what there is to say of it. */
import type { ReactNode } from 'react';
import type { Label } from '../../api/projects';
import { KeyCap } from '../../ui/KeyCap';
import { keepFocus } from './CommandButton';
import styles from './Panel.module.css';
import { useReading } from './store';

interface LabelRowProps {
  readonly label: Label;
  readonly isActive: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

export function LabelRow({ label, isActive, onPress, children }: LabelRowProps) {
  const isReadOnly = useReading((state) => state.isReadOnly);
  return (
    <button
      type="button"
      className={styles.answer}
      data-chosen={isActive}
      aria-pressed={isActive}
      disabled={isReadOnly}
      onMouseDown={keepFocus}
      onClick={onPress}
    >
      <span className={styles.key}>{label.hotkey && <KeyCap shortcut={label.hotkey} />}</span>
      <i className={styles.swatch} style={{ background: label.colour }} aria-hidden="true" />
      <span className={styles.name}>{label.name}</span>
      {children}
    </button>
  );
}
