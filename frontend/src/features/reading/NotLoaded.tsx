/** In place of the images of a case that could not be loaded: why, and trying again. */
import type { UseQueryResult } from '@tanstack/react-query';
import { problemFrom } from '../../api/problem';
import { ProblemPanel } from '../../ui/ProblemPanel';
import { StudyNotLoaded } from '../../viewer/dicomweb';
import { t } from '../../words/t';
import styles from './Reading.module.css';

export function NotLoaded({
  study,
}: {
  readonly study: Pick<UseQueryResult, 'error' | 'refetch'>;
}) {
  const status = study.error instanceof StudyNotLoaded ? study.error.status : 0;
  const title = t('The images of this case could not be loaded');
  return (
    <main className={styles.failed}>
      <ProblemPanel problem={problemFrom(status, { title })} onRetry={() => void study.refetch()} />
    </main>
  );
}
