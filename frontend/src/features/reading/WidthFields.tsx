/** How far segments grow and shrink, how wide they are smoothed, and what that is in voxels. */
import { NumberInput } from '@mantine/core';
import { useId, useState } from 'react';
import type { Frame } from '../../viewer/frames';
import { t } from '../../words/t';
import styles from './Panel.module.css';
import { isSpaced, voxelsWithin, whyNoDepth } from './stackEdits';
import { useReading } from './store';

const [LEAST, MOST] = [0.5, 50];

interface WidthFieldsProps {
  readonly frames: readonly Frame[];
  /** Through all slices of the stack, or on the one on screen. */
  readonly isThrough: boolean;
}

export function WidthFields({ frames, isThrough }: WidthFieldsProps) {
  const { margin, smoothing, arrange } = useReading();
  const first = frames[0];
  if (!first) return null;
  const unit = isSpaced(first) ? 'mm' : 'px';
  const reason = isThrough ? whyNoDepth(frames) : null;
  return (
    <>
      <div className={styles.range}>
        <WidthField
          label={t('Margin')}
          unit={unit}
          value={margin}
          onChange={(next) => arrange({ margin: next })}
        />
        <WidthField
          label={t('Smoothing')}
          unit={unit}
          value={smoothing}
          onChange={(next) => arrange({ smoothing: next })}
        />
      </div>
      {first.spacingKind === 'detector' && (
        <p className={styles.muted}>{t('Millimetres are those at the detector.')}</p>
      )}
      {reason ? (
        <p className={styles.muted}>
          {reason} {t('Margin and smoothing work on one slice at a time here.')}
        </p>
      ) : (
        <p className={styles.muted}>{voxelText(isThrough ? frames : [first], margin, smoothing)}</p>
      )}
    </>
  );
}

/** What the widths come to where voxels are coarse. */
function voxelText(frames: readonly Frame[], margin: number, smoothing: number): string {
  const reached = voxelsWithin(frames, margin);
  const smoothed = voxelsWithin(frames, smoothing / 2).map((reach) => 2 * reach + 1);
  const words = [
    t('In voxels: margin {margin} to each side, smoothing over {smoothed}.', {
      margin: reached.join(' × '),
      smoothed: smoothed.join(' × '),
    }),
  ];
  if (Math.max(...reached) === 0) words.push(t('This margin changes nothing.'));
  if (Math.max(...smoothed) === 1) words.push(t('This smoothing changes nothing.'));
  return words.join(' ');
}

interface WidthFieldProps {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function WidthField({ label, unit, value, onChange }: WidthFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState<number | string>(value);
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      <NumberInput
        id={id}
        size="xs"
        min={LEAST}
        max={MOST}
        step={0.5}
        decimalScale={1}
        suffix={` ${unit}`}
        value={typed}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && currentTarget.blur()}
        onChange={(next) => {
          setTyped(next);
          // What is half typed is no width yet.
          if (typeof next === 'number' && next >= LEAST && next <= MOST) onChange(next);
        }}
      />
    </div>
  );
}
