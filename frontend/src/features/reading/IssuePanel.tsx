/** A question to a colleague: asked, the case waits for the answer and the next one opens. */
import { useMemo, useState } from 'react';
import type { CommentPlace } from '../../api/comments';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { CommentField } from './CommentField';
import styles from './Panel.module.css';
import { KeepReading } from './ReasonList';

interface IssuePanelProps {
  /** Where the pointer was when the question was begun. */
  readonly place: CommentPlace | null;
  readonly placeText: (place: CommentPlace | null) => string;
  readonly onAsk: (text: string, place: CommentPlace | null) => void;
  readonly onCancel: () => void;
}

export function IssuePanel({ place, placeText, onAsk, onCancel }: IssuePanelProps) {
  const [isPinned, setPinned] = useState(place !== null);
  const commands = useMemo<Command[]>(
    () => [
      {
        id: 'issue.cancel',
        title: 'Do not ask',
        section: 'Issue',
        shortcut: 'escape',
        run: onCancel,
      },
      // While this panel is open Enter must not submit the case.
      {
        id: 'issue.none',
        title: 'Write the question first',
        section: 'Issue',
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
    <section className={styles.notice} aria-label="Raise an issue">
      <b>What do you need to know?</b>
      <p className={styles.muted}>
        The case leaves your worklist with everything you did, and comes back with the answer.
      </p>
      {place && (
        <label className={styles.muted}>
          <input
            type="checkbox"
            checked={isPinned}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />{' '}
          About {placeText(place).toLowerCase()}
          {place.point && ', where the pointer was'}
        </label>
      )}
      <CommentField
        label="Question"
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
