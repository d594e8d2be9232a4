/** The middle of the room: series, viewports with marks and heat map, slices, numbers. */
import { useCallback, useMemo } from 'react';
import type { LabelSchema } from '../../api/projects';
import type { Frame, Series } from '../../viewer/frames';
import type { MarkStyle } from '../../viewer/marks';
import type { Pin } from '../../viewer/PinsLayer';
import { isSegmentTool } from '../../viewer/prompts';
import { isMarkTool, kindMadeBy } from '../../viewer/Viewport';
import { activeLabel, sentence } from './caseCommands';
import { agoText } from './earlier';
import { marksOf, segmentsOf } from './items';
import { seriesIn, useLayout, visibleCells } from './layout';
import { usePromptsOfCase } from './prompting';
import styles from './Reading.module.css';
import { SeriesStrip } from './SeriesStrip';
import { SliceBar } from './SliceBar';
import { StatusLine } from './StatusLine';
import { useReading } from './store';
import { keepPainted, takeOutcome } from './takeOutcome';
import type { Earlier } from './useEarlier';
import type { HeatMapState } from './useHeatMap';
import type { Doubt } from './useLookHere';
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

const UNKNOWN: MarkStyle = { colour: '#a3adba', name: 'mark' };
const HEAT_OPACITY = 0.55;
const NO_FRAMES: readonly Frame[] = [];

export function ImagePane(props: ImagePaneProps) {
  const { schema, series, earlier, heat, pins, onPin, onReady } = props;
  const { items, tool, labelFor, selectedId, hiddenIds, isReadOnly } = useReading();
  const { areMarksHeldHidden, isTextShown, isHeatShown, isAiOn, segmentFill, paint } = useReading();
  const layout = useLayout();
  const cells = visibleCells(layout);
  const all = useMemo(() => [...series, ...earlier.series], [series, earlier.series]);
  const beside = earlier.studies.find(({ study_uid }) => study_uid === earlier.studyUid);
  const frames = seriesIn(all, cells[layout.active])?.frames ?? [];
  const marks = useMemo(() => marksOf(items), [items]);
  const visible = useMemo(() => marks.filter(({ id }) => !hiddenIds.has(id)), [marks, hiddenIds]);
  const styleOf = useCallback(
    (key: string) => schema.labels.find((label) => label.key === key) ?? { ...UNKNOWN, name: key },
    [schema],
  );
  const visibleSegments = useMemo(() => segmentsOf(items), [items]);
  const look = useMemo(() => ({ fill: segmentFill }), [segmentFill]);
  const segment = isSegmentTool(tool) ? activeLabel(schema, 'segment', labelFor) : undefined;
  const brush = useMemo(
    () => (segment ? { label_key: segment.key, settings: paint } : null),
    [segment, paint],
  );
  const prompts = usePromptsOfCase();
  const kind = isReadOnly ? null : kindMadeBy(tool);
  const active = kind ? activeLabel(schema, kind, labelFor) : segment;
  const isHeatOn = isHeatShown && isAiOn && heat.url !== null && heat.image !== null;
  const onScreen = cells.map((cell) => seriesIn(all, cell)?.frames[cell.index]);
  return (
    <main className={styles.middle}>
      <SeriesStrip series={series} earlier={earlier} />
      <div
        className={styles.grid}
        style={{
          gridTemplate: `repeat(${layout.rows}, minmax(0, 1fr)) / repeat(${layout.columns}, minmax(0, 1fr))`,
        }}
      >
        {cells.map((cell, at) => (
          <ViewCell
            // biome-ignore lint/suspicious/noArrayIndexKey: a viewport is its place in the grid
            key={at}
            at={at}
            series={seriesIn(all, cell)}
            earlier={
              beside && (cell.isEarlier || seriesIn(earlier.series, cell))
                ? sentence(agoText(beside))
                : undefined
            }
            others={onScreen.filter((frame, other): frame is Frame => !!frame && other !== at)}
            onReady={onReady}
            viewport={{
              tool: isMarkTool(tool) && !kind ? 'window' : tool,
              marks: visible,
              selectedId,
              styleOf,
              activeStyle: active ?? UNKNOWN,
              areMarksShown: !areMarksHeldHidden,
              isTextShown,
              isReadOnly,
              heatMap:
                isHeatOn && heat.url && heat.image
                  ? { ...heat.image, url: heat.url, opacity: HEAT_OPACITY }
                  : null,
              segments: visibleSegments,
              segmentLook: look,
              paint: brush,
              prompts,
              onPainted: keepPainted,
              pins,
              onPin,
              onOutcome: (outcome, frame, cut) => takeOutcome(outcome, frame, active?.key, cut),
            }}
          />
        ))}
        {active && (
          <span className={styles.activeLabel} style={{ borderColor: active.colour }}>
            <i className={styles.swatch} style={{ background: active.colour }} /> {active.name}
          </span>
        )}
      </div>
      <SliceBar
        frames={cells[layout.active]?.isVolume ? NO_FRAMES : frames}
        marks={marks}
        doubts={props.doubts}
      />
      <StatusLine frames={frames} />
    </main>
  );
}
