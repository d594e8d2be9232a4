/** What de-identification took out of one image before it was stored. */
import type { InstanceDetail } from '../../api/studies';
import { t } from '../../words/t';
import styles from './Studies.module.css';

export function RemovedTags({ instance }: { instance: InstanceDetail }) {
  const removed = instance.removed.map(String).sort();
  if (removed.length === 0) {
    return <p className={styles.muted}>{t('Nothing had to be removed from this image.')}</p>;
  }
  return (
    <>
      <p className={styles.muted}>
        {t(
          '{count, plural, one {# attribute} other {# attributes}} removed or replaced before storing. Their values are kept nowhere.',
          { count: removed.length },
        )}
      </p>
      <ul className={styles.removed}>
        {removed.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </>
  );
}
