/** Saved, saving, offline, in conflict: always said, in a word, with the time. */
import styles from './Reading.module.css';
import type { Kept, SaveState } from './saveState';

const clock = (time: number): string =>
  new Date(time).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });

type Tone = 'good' | 'busy' | 'warn' | 'bad';

const keptText = ({ changes, isSubmitWaiting }: Kept): string => {
  const count = changes === 1 ? '1 change' : `${changes} changes`;
  if (isSubmitWaiting)
    return changes > 0 ? `${count} and the submit kept here` : 'submit kept here';
  return changes > 0 ? `${count} kept here` : 'nothing waits';
};

export function saveText(save: SaveState, kept: Kept): { text: string; tone: Tone } {
  const isAway = save.at === 'offline' || save.at === 'signed-out';
  if (isAway && !kept.isKeptHere)
    return { text: 'Not saved anywhere yet: keep this window open', tone: 'bad' };
  switch (save.at) {
    case 'saved':
      return { text: save.time === null ? 'All saved' : `Saved ${clock(save.time)}`, tone: 'good' };
    case 'saving':
      return { text: 'Saving…', tone: 'busy' };
    case 'submitting':
      return { text: 'Submitting…', tone: 'busy' };
    case 'offline':
      return { text: `Offline since ${clock(save.since)}, ${keptText(kept)}`, tone: 'warn' };
    case 'signed-out':
      return { text: `Signed out, ${keptText(kept)}`, tone: 'warn' };
    case 'conflict':
    case 'moved':
      return { text: 'Changed in another window', tone: 'bad' };
    case 'lease-lost':
      return { text: 'Opened elsewhere, your work is kept', tone: 'bad' };
    case 'refused':
      return { text: 'Not accepted by the server', tone: 'bad' };
    case 'not-submitted':
      return { text: 'Saved, not submitted', tone: 'bad' };
  }
}

interface SaveBadgeProps {
  readonly save: SaveState;
  readonly kept: Kept;
  readonly isReadOnly: boolean;
}

export function SaveBadge({ save, kept, isReadOnly }: SaveBadgeProps) {
  const { text, tone } = isReadOnly
    ? { text: 'Read only', tone: 'busy' as const }
    : saveText(save, kept);
  return (
    <span className={styles.save} data-tone={tone} data-save={save.at} role="status">
      <i className={styles.dot} aria-hidden="true" /> {text}
    </span>
  );
}
