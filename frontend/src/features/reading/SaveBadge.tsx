/** Saved, saving, offline, in conflict: always said, in a word, with the time. */
import type { SaveState } from './autosave';
import styles from './Reading.module.css';

const clock = (time: number): string =>
  new Date(time).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });

type Tone = 'good' | 'busy' | 'warn' | 'bad';

export function saveText(save: SaveState): { text: string; tone: Tone } {
  switch (save.at) {
    case 'saved':
      return { text: save.time === null ? 'All saved' : `Saved ${clock(save.time)}`, tone: 'good' };
    case 'saving':
      return { text: 'Saving…', tone: 'busy' };
    case 'offline':
      return { text: `Offline since ${clock(save.since)}, kept on this computer`, tone: 'warn' };
    case 'signed-out':
      return { text: 'Signed out, kept on this computer', tone: 'warn' };
    case 'conflict':
      return { text: 'Changed in another window', tone: 'bad' };
    case 'lease-lost':
      return { text: 'Opened elsewhere, your work is kept', tone: 'bad' };
    case 'refused':
      return { text: 'Not accepted by the server', tone: 'bad' };
  }
}

interface SaveBadgeProps {
  readonly save: SaveState;
  readonly isReadOnly: boolean;
}

export function SaveBadge({ save, isReadOnly }: SaveBadgeProps) {
  const { text, tone } = isReadOnly ? { text: 'Read only', tone: 'busy' as const } : saveText(save);
  return (
    <span className={styles.save} data-tone={tone} data-save={save.at} role="status">
      <i className={styles.dot} aria-hidden="true" /> {text}
    </span>
  );
}
