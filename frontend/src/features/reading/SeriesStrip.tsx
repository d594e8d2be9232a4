/** The series of a study as small pictures: a click shows one, a drag puts it into a viewport. */
import { Thumbnail } from '../../ui/Thumbnail';
import type { Series } from '../../viewer/frames';
import { keepFocus } from './CommandButton';
import { useLayout, visibleCells } from './layout';
import styles from './Reading.module.css';

/** The kind of data a dragged series carries. */
export const SERIES_DATA = 'application/x-series-uid';

const THUMBNAIL = 56;

interface SeriesStripProps {
  readonly series: readonly Series[];
}

export function SeriesStrip({ series }: SeriesStripProps) {
  const layout = useLayout();
  if (series.length < 2) return null;
  const active = layout.cells[layout.active]?.seriesUid;
  const shown = visibleCells(layout).map(({ seriesUid }) => seriesUid);
  return (
    <nav className={styles.series} aria-label="Series">
      {series.map((one, at) => (
        <button
          key={one.series_uid}
          type="button"
          draggable
          aria-current={one.series_uid === active}
          data-shown={shown.includes(one.series_uid)}
          title={one.description || undefined}
          onMouseDown={(event) => event.button !== 0 && keepFocus(event)}
          onDragStart={(event) => event.dataTransfer.setData(SERIES_DATA, one.series_uid)}
          onClick={(event) => {
            event.currentTarget.blur();
            layout.show(layout.active, one.series_uid);
          }}
        >
          <Thumbnail url={one.thumbnailUrl} alt="" size={THUMBNAIL} />
          <span className={styles.seriesName}>
            {one.series_number ?? at + 1} · {one.modality} · {one.frames.length}
          </span>
          {one.description && <span className={styles.seriesText}>{one.description}</span>}
        </button>
      ))}
    </nav>
  );
}
