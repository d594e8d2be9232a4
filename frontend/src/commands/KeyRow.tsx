/** One command in the help: its keys, and the way to give it others. */
import { UnstyledButton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { KeyCap } from '../ui/KeyCap';
import { t } from '../words/t';
import styles from './HelpPanel.module.css';
import { chordOf } from './keyboard';
import { type Command, isEnabled, shortcutsOf } from './registry';

interface Props {
  readonly command: Command;
  readonly isListening: boolean;
  /** A sentence about the key just pressed, when it cannot be had. */
  readonly refusal: string | null;
  readonly onListen: () => void;
  /** Null leaves everything as it was; an empty chord takes the key away. */
  readonly onChord: (chord: string | null) => void;
}

/** Labels have the keys of their project; help must always be found. */
export const isFixed = ({ id }: Command): boolean =>
  id.startsWith('label.') || id === 'help.toggle' || id === 'palette.open';

export function KeyRow({ command, isListening, refusal, onListen, onChord }: Props) {
  useNextChord(isListening, onChord);
  const chords = shortcutsOf(command);
  const keys = chords.map((chord) => <KeyCap key={chord} shortcut={chord} />);
  return (
    <div className={styles.row}>
      <dt className={isEnabled(command) ? undefined : styles.off}>{command.title}</dt>
      <dd>
        {isFixed(command) ? (
          keys
        ) : (
          <UnstyledButton
            className={styles.keys}
            aria-label={t('Change the key of {title}', { title: command.title })}
            aria-pressed={isListening}
            onClick={onListen}
          >
            {isListening ? t('Press a key') : keys.length > 0 ? keys : <span>{t('no key')}</span>}
          </UnstyledButton>
        )}
      </dd>
      {isListening && (
        <p className={styles.listening} role="status">
          {refusal ?? t('Esc leaves it as it is, ⌫ takes its key away.')}
        </p>
      )}
    </div>
  );
}

const MODIFIERS = ['control', 'shift', 'alt', 'meta'];

/** Hears the next chord before anyone else does. */
function useNextChord(isListening: boolean, onChord: (chord: string | null) => void): void {
  const tell = useRef(onChord);
  tell.current = onChord;
  useEffect(() => {
    if (!isListening) return;
    const hear = (event: KeyboardEvent) => {
      if (MODIFIERS.includes(event.key.toLowerCase())) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const chord = chordOf(event);
      if (chord === 'escape') tell.current(null);
      else tell.current(chord === 'backspace' ? '' : chord);
    };
    window.addEventListener('keydown', hear, { capture: true });
    return () => window.removeEventListener('keydown', hear, { capture: true });
  }, [isListening]);
}
