/** A titled part of a page. */
import type { ReactNode } from 'react';
import styles from './Panel.module.css';

interface Props {
  title?: string;
  side?: ReactNode;
  actions?: ReactNode;
  /** Without padding, for tables that reach the edge. */
  isFlush?: boolean;
  children: ReactNode;
}

export function Panel({ title, side, actions, isFlush = false, children }: Props) {
  return (
    <section className={styles.panel} aria-label={title}>
      {title && (
        <div className={styles.head}>
          <h2 className={styles.title}>{title}</h2>
          {side && <div className={styles.side}>{side}</div>}
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      <div className={isFlush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
