/** The stack as a bar under the image: where one is, what carries marks, where the model doubts. */
import type { Frame } from '../../viewer/frames';
import type { Mark } from '../../viewer/marks';
import { t } from '../../words/t';
import styles from './Reading.module.css';
import { useReadout } from './readout';
import { unseenFrames } from './segmentEdits';
import { useReading } from './store';
import type { Doubt } from './useLookHere';

interface SliceBarProps {
  readonly frames: readonly Frame[];
  readonly marks: readonly Mark[];
  readonly doubts: readonly Doubt[];
}

/** Indices of the frames that carry at least one mark. */
export function markedIndices(frames: readonly Frame[], marks: readonly Mark[]): number[] {
  const places = new Set(marks.map((mark) => `${mark.sop_instance_uid}/${mark.frame_number}`));
  return frames.flatMap((frame, index) =>
    places.has(`${frame.sop_instance_uid}/${frame.frame_number}`) ? [index] : [],
  );
}

export function SliceBar({ frames, marks, doubts }: SliceBarProps) {
  const index = useReadout((state) => state.view?.index ?? 0);
  const viewport = useReadout((state) => state.viewport);
  const { items, unseenIds } = useReading();
  if (frames.length < 2) return null;
  const last = frames.length - 1;
  return (
    <div className={styles.slices}>
      {doubts.length > 0 && (
        <div
          className={styles.doubts}
          role="img"
          aria-label={t('How unsure the model is on each slice')}
          title={t('How unsure the model is on each slice: the higher, the less sure')}
        >
          {doubts.map(({ index: at, uncertainty }) => (
            <i
              key={at}
              style={{
                left: `${(at / last) * 100}%`,
                width: `${90 / doubts.length}%`,
                height: `${Math.max(8, uncertainty * 100)}%`,
              }}
            />
          ))}
        </div>
      )}
      <input
        type="range"
        aria-label={t('Slice')}
        min={0}
        max={last}
        value={Math.max(0, index)}
        onChange={(event) => viewport?.show(Number(event.currentTarget.value))}
      />
      {markedIndices(frames, marks).map((marked) => (
        <i key={marked} className={styles.tick} style={{ left: `${(marked / last) * 100}%` }} />
      ))}
      {unseenFrames(items, unseenIds, frames).map((waiting) => (
        <i
          key={`unseen ${waiting}`}
          className={styles.tick}
          data-unseen
          style={{ left: `${(waiting / last) * 100}%` }}
        />
      ))}
    </div>
  );
}
