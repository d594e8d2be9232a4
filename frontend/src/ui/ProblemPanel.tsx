/** A failure in three sentences: what happened, what was kept, what to do. */
import { Button } from '@mantine/core';
import { IconAlertOctagon } from '@tabler/icons-react';
import { t } from '../words/t';
import styles from './ProblemPanel.module.css';
import { adviceFor, type ProblemText } from './problemAdvice';

export function ProblemPanel({ problem, onRetry }: { problem: ProblemText; onRetry?: () => void }) {
  const advice = adviceFor(problem);
  return (
    <div className={styles.panel} role="alert">
      <IconAlertOctagon size={18} className={styles.icon} aria-hidden="true" />
      <div>
        <p className={styles.title}>{problem.title}</p>
        {problem.detail && problem.detail !== problem.title && (
          <p className={styles.detail}>{problem.detail}</p>
        )}
        <p className={styles.more}>
          {advice.kept} {advice.todo}
        </p>
      </div>
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          {t('Try again')}
        </Button>
      )}
    </div>
  );
}
