/** The title of a page, what it is about, and its main actions. */
import type { ReactNode } from 'react';
import styles from './PageHeader.module.css';

interface Props {
  title: string;
  side?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, side, actions }: Props) {
  return (
    <header className={styles.header}>
      <h1 className={styles.title} title={title}>
        {title}
      </h1>
      {side && (
        <div className={styles.side} title={typeof side === 'string' ? side : undefined}>
          {side}
        </div>
      )}
      {actions && <div className={styles.actions}>{actions}</div>}
    </header>
  );
}
