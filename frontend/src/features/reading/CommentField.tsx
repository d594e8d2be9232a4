/** A field for one comment: Enter sends, Shift and Enter begins a line, Escape leaves. */
import { useEffect, useRef, useState } from 'react';
import { t } from '../../words/t';
import styles from './Attributes.module.css';
import panel from './Panel.module.css';
import { NEW_COMMENT, NEW_QUESTION, useTyped } from './typed';

interface CommentFieldProps {
  readonly label: string;
  /** Names the field among those of the case: what is typed there is kept under it. */
  readonly field: string;
  /** True when the comment is kept; what could not be sent stays in the field. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onLeave: () => void;
}

export function CommentField({ label, field, onSend, onLeave }: CommentFieldProps) {
  const text = useTyped(({ typed }) => typed[field] ?? '');
  const setText = (next: string) => useTyped.getState().type(field, next);
  const [isSending, setSending] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const isNew = field === NEW_COMMENT || field === NEW_QUESTION;
  useEffect(() => {
    if (isNew) area.current?.focus();
  }, [isNew]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      area.current?.blur();
      onLeave();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (text.trim() === '' || isSending) return;
      setSending(true);
      void onSend(text).then((isKept) => {
        setSending(false);
        if (!isKept) return;
        setText('');
        area.current?.blur();
      });
    }
  };
  return (
    <label className={panel.muted}>
      {t('{label}: Enter sends, Esc leaves', { label })}
      <textarea
        ref={area}
        className={styles.field}
        rows={2}
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
    </label>
  );
}
