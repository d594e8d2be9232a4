/** A number with its unit and range, or a text; Enter goes on, Escape leaves. */
import { useEffect, useRef, useState } from 'react';
import type { Attribute } from '../../api/projects';
import type { AttributeValue } from '../../api/reading';
import { formatNumber } from '../../ui/format';
import { t } from '../../words/t';
import styles from './Attributes.module.css';
import { isAnswered } from './attributes';

interface AttributeFieldProps {
  readonly attribute: Attribute;
  readonly value: AttributeValue | undefined;
  readonly isAsked: boolean;
  readonly isReadOnly: boolean;
  readonly onFocus: () => void;
  readonly onChange: (value: AttributeValue | undefined) => void;
  readonly onDone: () => void;
  readonly onLeave: () => void;
}

/** A comma is a decimal point too; undefined for what is no number. */
export function numberIn(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  const value = plain === '' ? Number.NaN : Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

export function AttributeField(props: AttributeFieldProps) {
  const { attribute, value, isAsked, isReadOnly, onChange } = props;
  const isNumber = attribute.kind === 'number';
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const [text, setText] = useState(String(value ?? ''));
  const shown = useRef(value);
  // Undo, or another window, changed the answer from outside.
  useEffect(() => {
    if (value !== shown.current) setText(String(value ?? ''));
    shown.current = value;
  }, [value]);
  useEffect(() => {
    if (isAsked) field.current?.focus();
    else if (document.activeElement === field.current) field.current?.blur();
  }, [isAsked]);
  const onType = (next: string) => {
    setText(next);
    const said = isNumber ? numberIn(next) : isAnswered(next) ? next : undefined;
    if (said === shown.current) return;
    shown.current = said;
    onChange(said);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') props.onLeave();
    else if (event.key === 'Enter' && !event.shiftKey) props.onDone();
    else return;
    event.preventDefault();
  };
  const shared = {
    ref: field,
    className: styles.field,
    'aria-label': attribute.name,
    disabled: isReadOnly,
    value: text,
    onFocus: props.onFocus,
    onKeyDown,
  };
  if (!isNumber)
    return (
      <textarea
        {...shared}
        rows={2}
        maxLength={4000}
        onChange={(event) => onType(event.currentTarget.value)}
      />
    );
  const isUnread = text.trim() !== '' && numberIn(text) === undefined;
  return (
    <span className={styles.number}>
      <input
        {...shared}
        inputMode="decimal"
        aria-invalid={isUnread}
        onChange={(event) => onType(event.currentTarget.value)}
      />
      <span>{attribute.unit}</span>
      <span className={styles.range}>{isUnread ? t('not a number') : rangeText(attribute)}</span>
    </span>
  );
}

function rangeText({ minimum, maximum }: Attribute): string {
  const [from, to] = [minimum, maximum].map((end) => (end === null ? null : formatNumber(end)));
  if (!from && !to) return '';
  if (!to) return t('from {minimum}', { minimum: from ?? '' });
  return from
    ? t('{minimum} to {maximum}', { minimum: from, maximum: to })
    : t('up to {maximum}', { maximum: to });
}
