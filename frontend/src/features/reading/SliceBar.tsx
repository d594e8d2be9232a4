/** The stack as a bar under the image: where one is, and which slices carry marks. */
import type { Frame } from '../../viewer/frames';
import type { Mark } from '../../viewer/marks';
import { t } from '../../words/t';
import styles from './Reading.module.css';
import { useReadout } from './readout';

interface SliceBarProps {
  readonly frames: readonly Frame[];
  readonly marks: readonly Mark[];
}

/** Indices of the frames that carry at least one mark. */
export function markedIndices(frames: readonly Frame[], marks: readonly Mark[]): number[] {
  const places = new Set(marks.map((mark) => `${mark.sop_instance_uid}/${mark.frame_number}`));
  return frames.flatMap((frame, index) =>
    places.has(`${frame.sop_instance_uid}/${frame.frame_number}`) ? [index] : [],
  );
}

export function SliceBar({ frames, marks }: SliceBarProps) {
  const index = useReadout((state) => state.view?.index ?? 0);
  const viewport = useReadout((state) => state.viewport);
  if (frames.length < 2) return null;
  const last = frames.length - 1;
  return (
    <div className={styles.slices}>
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
    </div>
  );
}
