/** The geometry reports of a study in words, series by series. */
import styles from './GeometryReports.module.css';
import { type Trust, TrustBadge } from './TrustBadge';

interface Geometry {
  readonly trust: Trust;
  readonly image_count: number;
  readonly place_count: number;
  readonly images_per_place: number;
  readonly plane: string | null;
  readonly slice_spacing_mm: number | null;
  readonly is_volume: boolean;
  readonly findings: readonly { readonly code: string; readonly text: string }[];
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
              Series {one.series_number ?? index + 1} · {one.modality}
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
  if (!geometry) return <p className={styles.muted}>The report is made once all images are in.</p>;
  return (
    <>
      <p className={styles.muted}>{summaryOf(geometry)}</p>
      {geometry.findings.map((finding) => (
        <p key={finding.code} className={styles.finding}>
          {finding.text}
        </p>
      ))}
    </>
  );
}

/** What the series is, as numbers with units. */
export function summaryOf(geometry: Geometry): string {
  const { place_count, slice_spacing_mm, plane, images_per_place } = geometry;
  if (place_count < 2) {
    return geometry.image_count === 1 ? 'A single image' : `${geometry.image_count} images`;
  }
  const kind = plane ? `${plane} slices` : 'slices';
  const apart = slice_spacing_mm === null ? '' : `, ${slice_spacing_mm.toFixed(2)} mm apart`;
  const often = images_per_place > 1 ? `, ${images_per_place} images at each` : '';
  return `${place_count} ${kind}${apart}${often}${geometry.is_volume ? '; a volume' : ''}`;
}
