/** The geometry reports of a study in words, series by series. */

import { t } from '../words/t';
import styles from './GeometryReports.module.css';
import {
  findingWords,
  type GeometryFinding,
  type GeometryNumbers,
  summaryOf,
} from './geometryWords';
import { type Trust, TrustBadge } from './TrustBadge';

interface Geometry extends GeometryNumbers {
  readonly trust: Trust;
  readonly findings: readonly GeometryFinding[];
}

interface SeriesReport {
  readonly series_uid: string;
  readonly modality: string;
  readonly series_number: number | null;
  readonly geometry: Geometry | null;
}

export function GeometryReports({ series }: { readonly series: readonly SeriesReport[] }) {
  return (
    <ul className={styles.reports}>
      {series.map((one, index) => (
        <li key={one.series_uid}>
          <div className={styles.head}>
            <b>
              {t('Series {seriesNumber} · {modality}', {
                seriesNumber: one.series_number ?? index + 1,
                modality: one.modality,
              })}
            </b>
            <TrustBadge trust={one.geometry?.trust ?? null} />
          </div>
          <Findings geometry={one.geometry} />
        </li>
      ))}
    </ul>
  );
}

function Findings({ geometry }: { readonly geometry: Geometry | null }) {
  if (!geometry)
    return <p className={styles.muted}>{t('The report is made once all images are in.')}</p>;
  return (
    <>
      <p className={styles.muted}>{summaryOf(geometry)}</p>
      {geometry.findings.map((finding) => (
        <p key={finding.code} className={styles.finding}>
          {findingWords(finding, geometry.tilt_degrees)}
        </p>
      ))}
    </>
  );
}
