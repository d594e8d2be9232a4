/** The middle of the room: series, viewports with marks and heat map, slices, numbers. */
import { memo, useCallback, useMemo, useState } from 'react';
import type { LabelSchema } from '../../api/projects';
import type { Frame, Series } from '../../viewer/frames';
import type { Pin } from '../../viewer/PinsLayer';
import { sentence } from './caseCommands';
import { agoText } from './earlier';
import { seriesIn, stacksIn, useArranged, visibleCells } from './layout';
import { PhaseBar } from './PhaseBar';
import { timedSeries } from './phases';
import styles from './Reading.module.css';
import { SeriesStrip } from './SeriesStrip';
import { SliceBar } from './SliceBar';
import { StatusLine } from './StatusLine';
import { useAlignment } from './useAlignment';
import type { Earlier } from './useEarlier';
import type { HeatMapState } from './useHeatMap';
import type { Doubt } from './useLookHere';
import { useShared } from './useShared';
import { ViewCell } from './ViewCell';

export interface ImagePaneProps {
  readonly schema: LabelSchema;
  readonly series: readonly Series[];
  readonly earlier: Earlier;
  readonly heat: HeatMapState;
  /** How unsure the model is on the slices of the active stack. */
  readonly doubts: readonly Doubt[];
  readonly pins: readonly Pin[];
  readonly onPin: (id: string) => void;
  readonly onReady: () => void;
}

const NO_FRAMES: readonly Frame[] = [];

/** Stays as it is while the reader scrolls. */
export const ImagePane = memo(function ImagePane(props: ImagePaneProps) {
  const { series, earlier } = props;
  const { shared, marks, label } = useShared(props);
  const { rows, columns, cells: all, active } = useArranged();
  const cells = useMemo(() => visibleCells({ rows, columns, cells: all }), [rows, columns, all]);
  const everything = useMemo(() => [...series, ...earlier.series], [series, earlier.series]);
  const stacks = useMemo(() => stacksIn(everything, cells), [everything, cells]);
  const beside = earlier.studies.find(({ study_uid }) => study_uid === earlier.studyUid);
  const frames = stacks[active]?.frames ?? NO_FRAMES;
  const [isReady, setReady] = useState(false);
  const { onReady } = props;
  const noteReady = useCallback(() => {
    setReady(true);
    onReady();
  }, [onReady]);
  useAlignment(stacks, isReady);
  return (
    <main className={styles.middle}>
      <SeriesStrip series={series} earlier={earlier} />
      <div
        className={styles.grid}
        style={{
          gridTemplate: `repeat(${rows}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))`,
        }}
      >
        {cells.map((cell, at) => (
          <ViewCell
            // biome-ignore lint/suspicious/noArrayIndexKey: a viewport is its place in the grid
            key={at}
            at={at}
            stacks={stacks}
            all={everything}
            earlier={
              beside && (cell.isEarlier || seriesIn(earlier.series, cell))
                ? sentence(agoText(beside))
                : undefined
            }
            onReady={noteReady}
            viewport={shared}
          />
        ))}
        {label && (
          <span className={styles.activeLabel} style={{ borderColor: label.colour }}>
            <i className={styles.swatch} style={{ background: label.colour }} /> {label.name}
          </span>
        )}
      </div>
      <SliceBar
        frames={cells[active]?.isVolume ? NO_FRAMES : frames}
        marks={marks}
        doubts={props.doubts}
      />
      <PhaseBar series={timedSeries(everything, cells[active])} />
      <StatusLine frames={frames} />
    </main>
  );
});
