/** The series of a study as small pictures: a click shows one, a drag puts it into a viewport. */
import type { EarlierStudy } from '../../api/reading';
import { Thumbnail } from '../../ui/Thumbnail';
import type { Series } from '../../viewer/frames';
import { firstTimeOf } from '../../viewer/moments';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { sentence } from './caseCommands';
import { agoText } from './earlier';
import { useArranged, visibleCells } from './layout';
import styles from './Reading.module.css';
import type { Earlier } from './useEarlier';

/** The kind of data a dragged series carries. */
export const SERIES_DATA = 'application/x-series-uid';

const THUMBNAIL = 56;

interface SeriesStripProps {
  readonly series: readonly Series[];
  readonly earlier: Earlier;
}

export function SeriesStrip({ series, earlier }: SeriesStripProps) {
  if (series.length < 2 && earlier.studies.length === 0) return null;
  return (
    <nav className={styles.series} aria-label={t('Series')}>
      {series.map((one, at) => (
        <SeriesButton key={one.series_uid} series={one} number={at + 1} />
      ))}
      {earlier.studies.map((study) => (
        <EarlierPart key={study.study_uid} study={study} earlier={earlier} />
      ))}
    </nav>
  );
}

/** An earlier study: its date, and once it hangs beside the case its series. */
function EarlierPart({
  study,
  earlier,
}: {
  readonly study: EarlierStudy;
  readonly earlier: Earlier;
}) {
  const isHere = study.study_uid === earlier.studyUid;
  const about = [study.modality, study.body_part].filter(Boolean).join(' · ');
  return (
    <>
      <button
        type="button"
        className={styles.earlierStudy}
        aria-pressed={isHere}
        onMouseDown={keepFocus}
        onClick={() => earlier.compare(isHere ? null : study.study_uid)}
      >
        <b>{sentence(agoText(study))}</b>
        <span className={styles.seriesText}>{about}</span>
        {isHere && earlier.isLoading && <span role="status">{t('Loading…')}</span>}
        {isHere && earlier.isError && (
          <span role="alert">{t('Could not be loaded. Press again.')}</span>
        )}
      </button>
      {isHere &&
        earlier.series.map((one, at) => (
          <SeriesButton key={one.series_uid} series={one} number={at + 1} />
        ))}
    </>
  );
}

function SeriesButton({ series, number }: { readonly series: Series; readonly number: number }) {
  const layout = useArranged();
  const { series_uid, description } = series;
  const shown = visibleCells(layout).map(({ seriesUid }) => seriesUid);
  return (
    <button
      type="button"
      draggable
      aria-current={series_uid === layout.cells[layout.active]?.seriesUid}
      data-shown={shown.includes(series_uid)}
      title={description || undefined}
      onMouseDown={(event) => event.button !== 0 && keepFocus(event)}
      onDragStart={(event) => event.dataTransfer.setData(SERIES_DATA, series_uid)}
      onClick={(event) => {
        event.currentTarget.blur();
        layout.show(layout.active, series_uid);
      }}
    >
      <Thumbnail url={series.thumbnailUrl} alt="" size={THUMBNAIL} />
      <span className={styles.seriesName}>
        {series.series_number ?? number} · {series.modality} · {firstTimeOf(series).frames.length}
        {series.phases && ` × ${series.phases.length}`}
      </span>
      {description && <span className={styles.seriesText}>{description}</span>}
    </button>
  );
}
