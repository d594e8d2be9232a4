/** What de-identification took out of one image before it was stored. */
import type { InstanceDetail } from '../../api/studies';
import { plural } from '../../ui/format';
import styles from './Studies.module.css';

export function RemovedTags({ instance }: { instance: InstanceDetail }) {
  const removed = instance.removed.map(String).sort();
  if (removed.length === 0) {
    return <p className={styles.muted}>Nothing had to be removed from this image.</p>;
  }
  return (
    <>
      <p className={styles.muted}>
        {plural(removed.length, 'attribute')} removed or replaced before storing. Their values are
        kept nowhere.
      </p>
      <ul className={styles.removed}>
        {removed.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </>
  );
}
