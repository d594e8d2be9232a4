/** The middle of the room: series, image with marks and heat map, slices, numbers. */
import { useCallback, useMemo } from 'react';
import type { LabelSchema } from '../../api/projects';
import type { Series } from '../../viewer/frames';
import type { MarkStyle } from '../../viewer/marks';
import { isMarkTool, Viewport, type ViewportHandle } from '../../viewer/Viewport';
import { activeLabel } from './caseCommands';
import { marksOf } from './items';
import styles from './Reading.module.css';
import { useReadout } from './readout';
import { SeriesStrip } from './SeriesStrip';
import { SliceBar } from './SliceBar';
import { StatusLine } from './StatusLine';
import { useReading } from './store';
import { takeOutcome } from './takeOutcome';
import type { HeatMapState } from './useHeatMap';

export interface ImagePaneProps {
  readonly schema: LabelSchema;
  readonly series: readonly Series[];
  readonly seriesIndex: number;
  readonly firstIndex: number;
  readonly heat: HeatMapState;
  readonly onSeries: (index: number) => void;
  readonly onReady: () => void;
}

const UNKNOWN: MarkStyle = { colour: '#a3adba', name: 'mark' };
const HEAT_OPACITY = 0.55;

const keepViewport = (viewport: ViewportHandle | null) => useReadout.setState({ viewport });

export function ImagePane(props: ImagePaneProps) {
  const { schema, series, seriesIndex, heat, onReady } = props;
  const { items, tool, labelFor, selectedId, hiddenIds, isReadOnly } = useReading();
  const { areMarksHeldHidden, isTextShown, isHeatShown, isAiOn } = useReading();
  const frames = series[seriesIndex]?.frames ?? [];
  const marks = useMemo(() => marksOf(items), [items]);
  const visible = useMemo(() => marks.filter(({ id }) => !hiddenIds.has(id)), [marks, hiddenIds]);
  const styleOf = useCallback(
    (key: string) => schema.labels.find((label) => label.key === key) ?? { ...UNKNOWN, name: key },
    [schema],
  );
  const isDrawing = isMarkTool(tool) && !isReadOnly;
  const active = isDrawing ? activeLabel(schema, tool, labelFor) : undefined;
  const isHeatOn = isHeatShown && isAiOn && heat.url !== null && heat.image !== null;
  return (
    <main className={styles.middle}>
      <SeriesStrip series={series} index={seriesIndex} onShow={props.onSeries} />
      <div className={styles.image}>
        <Viewport
          key={series[seriesIndex]?.series_uid}
          ref={keepViewport}
          frames={frames}
          firstIndex={props.firstIndex}
          tool={isMarkTool(tool) && !isDrawing ? 'window' : tool}
          marks={visible}
          selectedId={selectedId}
          styleOf={styleOf}
          activeStyle={active ?? UNKNOWN}
          areMarksShown={!areMarksHeldHidden}
          isTextShown={isTextShown}
          isReadOnly={isReadOnly}
          heatMap={
            isHeatOn && heat.url && heat.image
              ? { ...heat.image, url: heat.url, opacity: HEAT_OPACITY }
              : null
          }
          onOutcome={(outcome, frame) => takeOutcome(outcome, frame, active?.key)}
          onView={(view) => useReadout.setState({ view })}
          onShown={onReady}
          onHover={(hover) => useReadout.setState({ hover })}
        />
        {active && (
          <span className={styles.activeLabel} style={{ borderColor: active.colour }}>
            <i className={styles.swatch} style={{ background: active.colour }} /> {active.name}
          </span>
        )}
      </div>
      <SliceBar frames={frames} marks={marks} />
      <StatusLine frames={frames} />
    </main>
  );
}
