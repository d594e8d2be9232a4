/** What every viewport of the case is given alike: tool, marks, paint, and how they look. */
import { useCallback, useMemo } from 'react';
import type { Label, LabelSchema } from '../../api/projects';
import type { Mark, MarkStyle } from '../../viewer/marks';
import type { Pin } from '../../viewer/PinsLayer';
import { isSegmentTool } from '../../viewer/prompts';
import { isMarkTool, kindMadeBy, type ViewportProps } from '../../viewer/Viewport';
import { activeLabel } from './caseCommands';
import { marksOf, segmentsOf } from './items';
import { usePromptsOfCase } from './prompting';
import { useReading } from './store';
import { keepPainted, takeOutcome } from './takeOutcome';
import type { HeatMapState } from './useHeatMap';

export type Shared = Omit<
  ViewportProps,
  'frames' | 'firstIndex' | 'onView' | 'onShown' | 'onHover' | 'others' | 'framesPerSecond' | 'ref'
>;

const UNKNOWN: MarkStyle = { colour: '#a3adba', name: 'mark' };
const HEAT_OPACITY = 0.55;

interface Surroundings {
  readonly schema: LabelSchema;
  readonly heat: HeatMapState;
  readonly pins: readonly Pin[];
  readonly onPin: (id: string) => void;
}

/** The same object for as long as nothing of it changes. */
export function useShared({ schema, heat, pins, onPin }: Surroundings): {
  readonly shared: Shared;
  readonly marks: readonly Mark[];
  /** The label of what would be drawn now. */
  readonly label: Label | undefined;
} {
  const { items, tool, labelFor, selectedId, hiddenIds, isReadOnly } = useReading();
  const { areMarksHeldHidden, isTextShown, isHeatShown, isAiOn, segmentFill, paint } = useReading();
  const marks = useMemo(() => marksOf(items), [items]);
  const visible = useMemo(() => marks.filter(({ id }) => !hiddenIds.has(id)), [marks, hiddenIds]);
  const segments = useMemo(() => segmentsOf(items), [items]);
  const styleOf = useCallback(
    (key: string) => schema.labels.find((label) => label.key === key) ?? { ...UNKNOWN, name: key },
    [schema],
  );
  const segmentLook = useMemo(() => ({ fill: segmentFill }), [segmentFill]);
  const segment = isSegmentTool(tool) ? activeLabel(schema, 'segment', labelFor) : undefined;
  const brush = useMemo(
    () => (segment ? { label_key: segment.key, settings: paint } : null),
    [segment, paint],
  );
  const prompts = usePromptsOfCase();
  const kind = isReadOnly ? null : kindMadeBy(tool);
  const label = kind ? activeLabel(schema, kind, labelFor) : segment;
  const { url, image } = heat;
  const heatMap = useMemo(
    () =>
      isHeatShown && isAiOn && url !== null && image !== null
        ? { ...image, url, opacity: HEAT_OPACITY }
        : null,
    [isHeatShown, isAiOn, url, image],
  );
  const isLacking = isMarkTool(tool) && !kind;
  const shared = useMemo(
    (): Shared => ({
      tool: isLacking ? 'window' : tool,
      marks: visible,
      selectedId,
      styleOf,
      activeStyle: label ?? UNKNOWN,
      areMarksShown: !areMarksHeldHidden,
      isTextShown,
      isReadOnly,
      heatMap,
      segments,
      segmentLook,
      paint: brush,
      prompts,
      onPainted: keepPainted,
      pins,
      onPin,
      onOutcome: (outcome, frame, cut) => takeOutcome(outcome, frame, label?.key, cut),
    }),
    [
      isLacking,
      tool,
      visible,
      selectedId,
      styleOf,
      label,
      areMarksHeldHidden,
      isTextShown,
      isReadOnly,
      heatMap,
      segments,
      segmentLook,
      brush,
      prompts,
      pins,
      onPin,
    ],
  );
  return { shared, marks, label };
}
