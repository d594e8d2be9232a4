/** A field for one comment: Enter sends, Shift and Enter begins a line, Escape leaves. */
import { useEffect, useRef, useState } from 'react';
import { t } from '../../words/t';
import styles from './Attributes.module.css';
import panel from './Panel.module.css';
import { useTyped } from './typed';

interface CommentFieldProps {
  readonly label: string;
  /** Names the field among those of the case: what is typed there is kept under it. */
  readonly field?: string;
  /** True when the comment is kept; what could not be sent stays in the field. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onLeave: () => void;
}

export function CommentField({ label, onSend, onLeave, ...props }: CommentFieldProps) {
  const name = props.field ?? label;
  const text = useTyped(({ typed }) => typed[name] ?? '');
  const setText = (next: string) => useTyped.getState().type(name, next);
  const [isSending, setSending] = useState(false);
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
      setSending(true);
      void onSend(text).then((isKept) => {
        setSending(false);
        if (!isKept) return;
        setText('');
        field.current?.blur();
      });
    }
  };
  return (
    <label className={panel.muted}>
      {t('{label}: Enter sends, Esc leaves', { label })}
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
