/** A key as it is printed on the keyboard. */

import { t } from '../words/t';
import styles from './KeyCap.module.css';

const PRINTED: Record<string, string> = {
  mod: t('Ctrl'),
  ctrl: t('Ctrl'),
  alt: 'Alt',
  shift: '⇧',
  enter: '⏎',
  escape: 'Esc',
  space: t('Space'),
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  backspace: '⌫',
  delete: t('Del'),
  tab: 'Tab',
  pageup: t('PgUp'),
  pagedown: t('PgDn'),
};

const IS_APPLE = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

/** What is printed for a chord such as `mod+shift+z`. */
export function printedChord(shortcut: string, isApple = IS_APPLE): string {
  const parts = shortcut === '+' ? ['+'] : shortcut.split('+').filter(Boolean);
  return parts
    .map((part) => {
      if (part === 'mod' && isApple) return '⌘';
      return PRINTED[part] ?? part.toUpperCase();
    })
    .join(' ');
}

export function KeyCap({ shortcut }: { shortcut: string }) {
  return <kbd className={styles.key}>{printedChord(shortcut)}</kbd>;
}
