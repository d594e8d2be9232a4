/** One piece of work under way: what, how far, and what it says. */
import type { ReactNode } from 'react';
import { formatShare } from './format';
import styles from './ProgressRow.module.css';

interface Props {
  title: string;
  /** 0..1 */
  share: number;
  side?: ReactNode;
  message?: string | null;
  tone?: 'plain' | 'good' | 'bad';
}

export function ProgressRow({ title, share, side, message, tone = 'plain' }: Props) {
  const bounded = Math.min(1, Math.max(0, share));
  return (
    <div className={`${styles.row} ${tone === 'plain' ? '' : styles[tone]}`}>
      <span className={styles.title} title={title}>
        {title}
      </span>
      <span className={styles.side}>{side ?? formatShare(bounded)}</span>
      <div
        className={styles.track}
        role="progressbar"
        aria-label={title}
        aria-valuenow={Math.round(bounded * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div className={styles.bar} style={{ width: `${bounded * 100}%` }} />
      </div>
      {message && <span className={styles.message}>{message}</span>}
    </div>
  );
}
