/** The segments of the case, the brush, and what tidies what was painted. */
import { NumberInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Label, LabelSchema } from '../../api/projects';
import { CommandKey } from '../../commands/CommandKey';
import type { Command } from '../../commands/registry';
import { millimetres } from '../../geometry/units';
import { formatNumber } from '../../ui/format';
import { type Frame, isOneStack } from '../../viewer/frames';
import { isPromptTool, isSegmentTool } from '../../viewer/prompts';
import { isPaintTool } from '../../viewer/segments';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { activeLabel, labelsOf } from './caseCommands';
import { EditUnderWay } from './EditUnderWay';
import { segmentsOf } from './items';
import { LabelRow } from './LabelRow';
import styles from './Panel.module.css';
import { PromptPanel } from './PromptPanel';
import { SliderRow } from './SliderRow';
import { unseenFrames } from './segmentEdits';
import { segmentSizeText } from './segmentSize';
import { useReading } from './store';
import { TidyPart } from './TidyPart';

interface SegmentsPanelProps {
  readonly schema: LabelSchema;
  readonly frames: readonly Frame[];
  readonly commands: readonly Command[];
}

export function SegmentsPanel({ schema, frames, commands }: SegmentsPanelProps) {
  const { tool, isReadOnly, items, unseenIds } = useReading();
  const labels = labelsOf(schema, 'segment');
  if (labels.length === 0) return null;
  const unseen = unseenFrames(items, unseenIds, frames);
  return (
    <section className={styles.section} aria-labelledby="segments">
      <h2 id="segments" className={styles.heading}>
        {t('Segments')}
      </h2>
      {labels.map((label) => (
        <SegmentLabel key={label.key} schema={schema} label={label} frames={frames} />
      ))}
      {unseen.length > 0 && (
        <button
          type="button"
          className={styles.edit}
          onMouseDown={keepFocus}
          onClick={() => void commands.find(({ id }) => id === 'segment.unseen')?.run()}
        >
          {unseenText(unseen.length)} <CommandKey id="segment.unseen" />
        </button>
      )}
      <EditUnderWay commands={commands} />
      {isPromptTool(tool) && !isReadOnly && <PromptPanel schema={schema} frames={frames} />}
      {isPaintTool(tool) && !isReadOnly && (
        <>
          <BrushSettings unit={frames[0]?.valueUnit ?? ''} isStack={isOneStack(frames)} />
          <TidyPart schema={schema} frames={frames} commands={commands} />
        </>
      )}
    </section>
  );
}

const unseenText = (count: number): string =>
  t('{count, plural, one {# slice} other {# slices}} filled between, not looked at yet', { count });

interface SegmentLabelProps {
  readonly schema: LabelSchema;
  readonly label: Label;
  readonly frames: readonly Frame[];
}

function SegmentLabel({ schema, label, frames }: SegmentLabelProps) {
  const { tool, labelFor, items, use } = useReading();
  const isActive =
    isSegmentTool(tool) && activeLabel(schema, 'segment', labelFor)?.key === label.key;
  const size = useMemo(() => {
    const painted = segmentsOf(items).filter(({ label_key }) => label_key === label.key);
    return segmentSizeText(painted, frames);
  }, [items, frames, label.key]);
  return (
    <LabelRow
      label={label}
      isActive={isActive}
      onPress={() => use(isSegmentTool(tool) ? tool : 'brush', label.key)}
    >
      <span className={styles.number}>{size}</span>
    </LabelRow>
  );
}

interface BrushSettingsProps {
  /** Unit of the pixel values. */
  readonly unit: string;
  readonly isStack: boolean;
}

function BrushSettings({ unit, isStack }: BrushSettingsProps) {
  const { paint, segmentFill, setPaint, arrange } = useReading();
  const [low, high] = paint.range ?? [null, null];
  const [kept, keep] = useState<readonly [number, number]>([-100, 200]);
  return (
    <div className={styles.brush}>
      <SliderRow
        name={t('Radius of the brush in mm')}
        from={0.5}
        to={40}
        step={0.5}
        value={paint.radius}
        onChange={(value) => setPaint({ radius: millimetres(value) })}
      >
        {t('Brush')} <CommandKey id="paint.smaller" /> <CommandKey id="paint.larger" />{' '}
        <b>{formatNumber(paint.radius, 1)} mm</b>
      </SliderRow>
      <SliderRow
        name={t('How far segments are filled')}
        from={0}
        to={1}
        step={0.05}
        value={segmentFill}
        onChange={(value) => arrange({ segmentFill: value })}
      >
        {t('Filled')}
      </SliderRow>
      {isStack && (
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={paint.isBall}
            onChange={(event) => setPaint({ isBall: event.currentTarget.checked })}
          />
          {t('Through slices')} <CommandKey id="paint.ball" />
        </label>
      )}
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={paint.protectsOthers}
          onChange={(event) => setPaint({ protectsOthers: event.currentTarget.checked })}
        />
        {t('Leave other segments alone')}
      </label>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={paint.range !== null}
          onChange={(event) => setPaint({ range: event.currentTarget.checked ? kept : null })}
        />
        {unit ? t('Only values in {unit}', { unit }) : t('Only values')}
      </label>
      {low !== null && high !== null && (
        <div className={styles.range}>
          {([0, 1] as const).map((side) => (
            <NumberInput
              key={side}
              size="xs"
              aria-label={side === 0 ? t('Lowest value') : t('Highest value')}
              value={side === 0 ? low : high}
              onChange={(value) => {
                const next = side === 0 ? [Number(value), high] : [low, Number(value)];
                const range = [next[0] ?? low, next[1] ?? high] as const;
                keep(range);
                setPaint({ range });
              }}
            />
          ))}
        </div>
      )}
    </div>
  );
}
