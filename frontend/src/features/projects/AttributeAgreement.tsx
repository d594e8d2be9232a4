/** How far readers agree on each attribute of the study. */
import type { Agreement } from '../../api/reviews';
import { formatScore, formatShare, plural } from '../../ui/format';
import styles from './ProjectPage.module.css';

export function AttributeAgreement({ rows }: { rows: Agreement['attributes'] }) {
  return rows
    .filter(({ count }) => count > 0)
    .map((row) => (
      <p key={row.key} className={styles.prose}>
        {row.name}: {agreementText(row)} ({plural(row.count, 'case')})
      </p>
    ));
}

function agreementText(row: Agreement['attributes'][number]): string {
  if (row.mean_difference !== null)
    return `${formatScore(row.mean_difference)} ${row.unit} apart on average`;
  return `${formatShare(row.raw_agreement)} same, kappa ${formatScore(row.fleiss_kappa)}`;
}
