/** A field for one comment: Enter sends, Shift and Enter begins a line, Escape leaves. */
import { useEffect, useRef, useState } from 'react';
import styles from './Attributes.module.css';
import panel from './Panel.module.css';

interface CommentFieldProps {
  readonly label: string;
  readonly isSending: boolean;
  /** True when the comment is kept; what could not be sent stays in the field. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onLeave: () => void;
}

export function CommentField({ label, isSending, onSend, onLeave }: CommentFieldProps) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const isNew = label === 'Comment' || label === 'Question';
  useEffect(() => {
    if (isNew) field.current?.focus();
  }, [isNew]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      field.current?.blur();
      onLeave();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (text.trim() === '' || isSending) return;
      void onSend(text).then((isKept) => {
        if (!isKept) return;
        setText('');
        field.current?.blur();
      });
    }
  };
  return (
    <label className={panel.muted}>
      {label}: Enter sends, Esc leaves
      <textarea
        ref={field}
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
