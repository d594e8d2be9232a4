/** The series of a study with more than one. */
import type { Series } from '../../viewer/frames';
import { keepFocus } from './CommandButton';
import styles from './Reading.module.css';

interface SeriesStripProps {
  readonly series: readonly Series[];
  readonly index: number;
  readonly onShow: (index: number) => void;
}

export function SeriesStrip({ series, index, onShow }: SeriesStripProps) {
  if (series.length < 2) return null;
  return (
    <nav className={styles.series} aria-label="Series">
      {series.map((one, at) => (
        <button
          key={one.series_uid}
          type="button"
          aria-current={at === index}
          onMouseDown={keepFocus}
          onClick={() => onShow(at)}
        >
          {one.series_number ?? at + 1} · {one.modality} · {one.frames.length}
        </button>
      ))}
    </nav>
  );
}
