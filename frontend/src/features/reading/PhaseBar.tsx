/** The phases of a series over time under the image: which one is on screen, and a way to each. */
import { memo } from 'react';
import { CommandKey } from '../../commands/CommandKey';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { useLayout } from './layout';
import { momentOf, showPhase, toggleThroughPhases } from './phases';
import styles from './Reading.module.css';

interface PhaseBarProps {
  /** The one in the active viewport, where it has several phases. */
  readonly series: Series | undefined;
}

export const PhaseBar = memo(function PhaseBar({ series }: PhaseBarProps) {
  const cell = useLayout(({ cells, active }) => cells[active]);
  const phase = useLayout(
    ({ cells, indices, active }) =>
      momentOf(cells[active] ?? { seriesUid: null }, indices[active] ?? 0).phase,
  );
  if (!series?.phases || !cell) return null;
  const count = series.phases.length;
  const text = t('Phase {number} of {count}', { number: phase + 1, count });
  return (
    <div className={styles.phases}>
      <span>{[text, series.phases[phase]?.name].filter(Boolean).join(' · ')}</span>
      <CommandKey id="phase.previous" />
      <input
        type="range"
        aria-label={t('Phase')}
        min={0}
        max={count - 1}
        value={phase}
        onChange={(event) => showPhase(series, Number(event.currentTarget.value))}
      />
      <CommandKey id="phase.next" />
      {cell.plane === undefined && !cell.isVolume && (
        <button
          type="button"
          className={styles.through}
          aria-pressed={cell.slice !== undefined}
          onMouseDown={keepFocus}
          onClick={toggleThroughPhases}
        >
          {t('Scroll through phases')} <CommandKey id="phase.through" />
        </button>
      )}
    </div>
  );
});
