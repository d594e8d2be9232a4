/** How far readers agree on each attribute of the study. */
import type { Agreement } from '../../api/reviews';
import { formatScore, formatShare } from '../../ui/format';
import { t } from '../../words/t';
import styles from './ProjectPage.module.css';

export function AttributeAgreement({ rows }: { rows: Agreement['attributes'] }) {
  return rows
    .filter(({ count }) => count > 0)
    .map((row) => (
      <p key={row.key} className={styles.prose}>
        {t('{name}: {row} ({count, plural, one {# case} other {# cases}})', {
          name: row.name,
          row: agreementText(row),
          count: row.count,
        })}
      </p>
    ));
}

function agreementText(row: Agreement['attributes'][number]): string {
  if (row.mean_difference !== null)
    return t('{meanDifference} {unit} apart on average', {
      meanDifference: formatScore(row.mean_difference),
      unit: row.unit,
    });
  return t('{rawAgreement} same, kappa {fleissKappa}', {
    rawAgreement: formatShare(row.raw_agreement),
    fleissKappa: formatScore(row.fleiss_kappa),
  });
}
