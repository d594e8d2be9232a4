/** A short state or property; colour is never alone, the word stands beside it. */
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
} from '@tabler/icons-react';
import styles from './Chip.module.css';

export type Tone = 'plain' | 'accent' | 'good' | 'warn' | 'bad';

const ICONS = {
  plain: null,
  accent: IconCircleDashed,
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
};

export function Chip({
  tone = 'plain',
  text,
  title,
}: {
  tone?: Tone;
  text: string;
  title?: string;
}) {
  const Icon = ICONS[tone];
  return (
    <span
      className={`${styles.chip} ${tone === 'plain' ? '' : styles[tone]}`}
      title={title ?? text}
    >
      {Icon && <Icon size={12} aria-hidden="true" />}
      <span>{text}</span>
    </span>
  );
}
