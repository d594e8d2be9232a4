/** What a model holds likely, with its probabilities, the likeliest first. */
import styles from './Panel.module.css';

interface LikeliestProps {
  /** Probability of each answer, 0 to 1, by its key. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly nameOf: (key: string) => string;
}

const MOST_SHOWN = 4;

export function Likeliest({ probabilities, nameOf }: LikeliestProps) {
  const shown = Object.entries(probabilities)
    .sort((one, other) => other[1] - one[1])
    .slice(0, MOST_SHOWN);
  return shown.map(([key, share]) => (
    <div key={key} className={styles.share}>
      <span className={styles.name}>{nameOf(key)}</span>
      <span className={styles.number}>{Math.round(share * 100)} %</span>
      <i className={styles.bar} style={{ width: `${share * 100}%` }} aria-hidden="true" />
    </div>
  ));
}
