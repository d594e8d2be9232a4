/** Saved, saving, offline, in conflict: always said, in a word, with the time. */

import { useRef } from 'react';
import { useLate } from '../../ui/useLate';
import { locale } from '../../words/language';
import { t } from '../../words/t';
import styles from './Reading.module.css';
import type { Kept, SaveState } from './saveState';

const clock = (time: number): string =>
  new Date(time).toLocaleTimeString(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });

type Tone = 'good' | 'busy' | 'warn' | 'bad';

const keptText = ({ changes, isSubmitWaiting }: Kept): string => {
  const count = t('{count, plural, one {# change} other {# changes}}', { count: changes });
  if (isSubmitWaiting)
    return changes > 0 ? t('{count} and the submit kept here', { count }) : t('submit kept here');
  return changes > 0 ? t('{count} kept here', { count }) : t('nothing waits');
};

export function saveText(save: SaveState, kept: Kept): { text: string; tone: Tone } {
  const isAway = save.at === 'offline' || save.at === 'signed-out';
  if (isAway && !kept.isKeptHere)
    return { text: t('Not saved anywhere yet: keep this window open'), tone: 'bad' };
  switch (save.at) {
    case 'saved':
      return {
        text: save.time === null ? t('All saved') : t('Saved {time}', { time: clock(save.time) }),
        tone: 'good',
      };
    case 'saving':
      return { text: t('Saving…'), tone: 'busy' };
    case 'submitting':
      return { text: t('Submitting…'), tone: 'busy' };
    case 'offline':
      return {
        text: t('Offline since {since}, {kept}', {
          since: clock(save.since),
          kept: keptText(kept),
        }),
        tone: 'warn',
      };
    case 'signed-out':
      return { text: t('Signed out, {kept}', { kept: keptText(kept) }), tone: 'warn' };
    case 'conflict':
    case 'moved':
      return { text: t('Changed in another window'), tone: 'bad' };
    case 'lease-lost':
      return { text: t('Opened elsewhere, your work is kept'), tone: 'bad' };
    case 'refused':
      return { text: t('Not accepted by the server'), tone: 'bad' };
    case 'not-submitted':
      return { text: t('Saved, not submitted'), tone: 'bad' };
  }
}

interface SaveBadgeProps {
  readonly save: SaveState;
  readonly kept: Kept;
  readonly isReadOnly: boolean;
}

/** What is submitted within a moment is not announced: the next case says it. */
function useTold(save: SaveState): SaveState {
  const before = useRef(save);
  const isLate = useLate(save.at === 'submitting');
  if (save.at !== 'submitting' || isLate) before.current = save;
  return before.current;
}

export function SaveBadge({ save: now, kept, isReadOnly }: SaveBadgeProps) {
  const save = useTold(now);
  const { text, tone } = isReadOnly
    ? { text: t('Read only'), tone: 'busy' as const }
    : saveText(save, kept);
  return (
    <span className={styles.save} data-tone={tone} data-save={save.at} role="status">
      <i className={styles.dot} aria-hidden="true" /> {text}
    </span>
  );
}
