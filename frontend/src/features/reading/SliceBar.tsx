/** The stack as a bar under the image: where one is, what carries marks, where the model doubts. */
import { memo, useMemo } from 'react';
import type { Frame } from '../../viewer/frames';
import type { Mark } from '../../viewer/marks';
import { t } from '../../words/t';
import { useLayout } from './layout';
import { usePlanes } from './planes';
import styles from './Reading.module.css';
import { useReadout } from './readout';
import { unseenFrames } from './segmentEdits';
import { sliceTicks } from './sliceTicks';
import { useReading } from './store';
import type { Doubt } from './useLookHere';

interface SliceBarProps {
  readonly frames: readonly Frame[];
  readonly marks: readonly Mark[];
  readonly doubts: readonly Doubt[];
}

export const SliceBar = memo(function SliceBar({ frames, marks, doubts }: SliceBarProps) {
  const items = useReading((state) => state.items);
  const unseenIds = useReading((state) => state.unseenIds);
  const plane = useLayout(({ cells, active }) => cells[active]?.plane);
  const axes = usePlanes(({ planes }) => planes?.axes);
  const normal = plane ? axes?.[plane].normal : null;
  const { last, marked, ofSlice } = useMemo(
    () => sliceTicks(frames, marks, normal ?? null),
    [frames, marks, normal],
  );
  if (frames.length < 2) return null;
  const left = (place: number) => `${(place / Math.max(1, last)) * 100}%`;
  const ticks = unseenFrames(items, unseenIds, frames).flatMap((index) => ofSlice(index) ?? []);
  const shown = doubts.flatMap(({ index: slice, uncertainty }) => {
    const at = ofSlice(slice);
    return at === null ? [] : [{ at, uncertainty }];
  });
  return (
    <div className={styles.slices}>
      {shown.length > 0 && (
        <div
          className={styles.doubts}
          role="img"
          aria-label={t('How unsure the model is on each slice')}
          title={t('How unsure the model is on each slice: the higher, the less sure')}
        >
          {shown.map(({ at, uncertainty }) => (
            <i
              key={at}
              style={{
                left: left(at),
                width: `${90 / shown.length}%`,
                height: `${Math.max(8, uncertainty * 100)}%`,
              }}
            />
          ))}
        </div>
      )}
      <Slice last={last} />
      {marked.map((at) => (
        <i key={at} className={styles.tick} style={{ left: left(at) }} />
      ))}
      {ticks.map((waiting) => (
        <i
          key={`unseen ${waiting}`}
          className={styles.tick}
          data-unseen
          style={{ left: left(waiting) }}
        />
      ))}
    </div>
  );
});

/** By itself, because it changes with every slice. */
function Slice({ last }: { readonly last: number }) {
  const index = useReadout((state) => state.view?.index ?? 0);
  const viewport = useReadout((state) => state.viewport);
  const isThroughPhases = useLayout(({ cells, active }) => cells[active]?.slice !== undefined);
  return (
    <input
      type="range"
      aria-label={isThroughPhases ? t('Image over time') : t('Slice')}
      min={0}
      max={last}
      value={Math.max(0, index)}
      onChange={(event) => viewport?.show(Number(event.currentTarget.value))}
    />
  );
}
