/** A question to a colleague: asked, the case waits for the answer and the next one opens. */
import { useMemo, useState } from 'react';
import type { CommentPlace } from '../../api/comments';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { t } from '../../words/t';
import { CommentField } from './CommentField';
import styles from './Panel.module.css';
import { KeepReading } from './ReasonList';
import { NEW_QUESTION } from './typed';

interface IssuePanelProps {
  /** Where the pointer was when the question was begun. */
  readonly place: CommentPlace | null;
  readonly aboutText: (place: CommentPlace) => string;
  readonly onAsk: (text: string, place: CommentPlace | null) => void;
  readonly onCancel: () => void;
}

export function IssuePanel({ place, aboutText, onAsk, onCancel }: IssuePanelProps) {
  const [isPinned, setPinned] = useState(place !== null);
  const commands = useMemo<Command[]>(
    () => [
      {
        id: 'issue.cancel',
        title: t('Do not ask'),
        section: t('Issue'),
        shortcut: 'escape',
        run: onCancel,
      },
      // While this panel is open Enter must not submit the case.
      {
        id: 'issue.none',
        title: t('Write the question first'),
        section: t('Issue'),
        shortcut: 'enter',
        isEnabled: () => false,
        run: () => undefined,
      },
    ],
    [onCancel],
  );
  useCommands('reading.issue', commands);
  const pinned = isPinned ? place : null;
  return (
    <section className={styles.notice} aria-label={t('Raise an issue')}>
      <b>{t('What do you need to know?')}</b>
      <p className={styles.muted}>
        {t(
          'The case leaves your worklist with everything you did, and comes back with the answer.',
        )}
      </p>
      {place && (
        <label className={styles.muted}>
          <input
            type="checkbox"
            checked={isPinned}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />{' '}
          {aboutText(place)}
        </label>
      )}
      <CommentField
        label={t('Question')}
        field={NEW_QUESTION}
        onSend={async (text) => {
          onAsk(text, pinned);
          return true;
        }}
        onLeave={onCancel}
      />
      <KeepReading onCancel={onCancel} />
    </section>
  );
}
