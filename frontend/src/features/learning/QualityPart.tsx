/** The learning curve first, then calibration, the score of each class, and confusion. */
import { SegmentedControl } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import type { Learning } from '../../api/learning';
import { EmptyState } from '../../ui/EmptyState';
import { formatScore } from '../../ui/format';
import { Plot } from '../../ui/Plot';
import type { PlotColours } from '../../ui/plotStyle';
import { t } from '../../words/t';
import { type CurveAxis, curveOption, curveSentence, curveTable, hasCurve } from './curvePlot';
import { GroupTable } from './GroupTable';
import styles from './Learning.module.css';
import {
  calibrationOption,
  calibrationTable,
  classOption,
  classTable,
  confusionOption,
  confusionTable,
} from './qualityPlots';

export function QualityPart({ learning }: { learning: Learning }) {
  if (!hasCurve(learning.curve)) {
    return (
      <EmptyState
        title={t('Nothing was measured yet')}
        text={
          learning.kind === 'segmentation' || learning.kind === 'detection'
            ? t(
                'The curve begins once a model has learned from what was drawn, and some held-out cases are read.',
              )
            : t(
                'The curve begins with the first round, once cases of two classes and some held-out cases are read.',
              )
        }
      />
    );
  }
  return (
    <div className={styles.stack}>
      <CurvePlot curve={learning.curve} />
      <div className={styles.columns}>
        <ClassPlot learning={learning} />
        {learning.calibration.bins.length > 0 && <CalibrationPlot learning={learning} />}
        {learning.confusion.keys.length > 0 && <ConfusionPlot learning={learning} />}
      </div>
      {learning.subgroups.length > 0 && (
        <GroupTable groups={learning.subgroups} metric={learning.curve.metric} />
      )}
    </div>
  );
}

function CurvePlot({ curve }: { curve: Learning['curve'] }) {
  const [axis, setAxis] = useState<CurveAxis>('labels');
  const option = useCallback(
    (colours: PlotColours) => curveOption(curve, axis, colours),
    [curve, axis],
  );
  const table = useMemo(() => curveTable(curve), [curve]);
  return (
    <Plot
      title={t('Learning curve')}
      side={
        <SegmentedControl
          aria-label={t('Quality against')}
          value={axis}
          onChange={(value) => setAxis(value as CurveAxis)}
          data={[
            { value: 'labels', label: t('against labels') },
            { value: 'minutes', label: t('against minutes') },
          ]}
        />
      }
      fileName="learning-curve"
      description={curveSentence(curve)}
      option={option}
      table={table}
      height={340}
    />
  );
}

/** What the score of one class is called, by what the project teaches. */
const CLASS_SCORES = {
  classification: t('Recall'),
  segmentation: t('Dice'),
  detection: t('F1 of boxes'),
};

function ClassPlot({ learning: { kind, per_class } }: { learning: Learning }) {
  const score = CLASS_SCORES[kind ?? 'classification'];
  const option = useCallback(
    (colours: PlotColours) => classOption(per_class, score, colours),
    [per_class, score],
  );
  const table = useMemo(() => classTable(per_class, score), [per_class, score]);
  return (
    <Plot
      title={t('{score} per class', { score })}
      side={
        per_class.some(({ low }) => low === null)
          ? t('hollow: too few cases')
          : t('on held-out cases')
      }
      fileName={`${score.toLowerCase().replaceAll(' ', '-')}-per-class`}
      description={per_class
        .map((one) =>
          t('{name}: {score} of {count}', {
            name: one.name,
            score: formatScore(one.score),
            count: one.count,
          }),
        )
        .join('; ')}
      option={option}
      table={table}
    />
  );
}

function CalibrationPlot({ learning: { calibration } }: { learning: Learning }) {
  const { bins, ece } = calibration;
  const option = useCallback((colours: PlotColours) => calibrationOption(bins, colours), [bins]);
  const table = useMemo(() => calibrationTable(bins), [bins]);
  return (
    <Plot
      title={t('Calibration')}
      side={t('expected error {ece}', { ece: formatScore(ece) })}
      fileName="calibration"
      description={t('How often what the model said came true; expected calibration error {ece}.', {
        ece: formatScore(ece),
      })}
      option={option}
      table={table}
    />
  );
}

function ConfusionPlot({ learning }: { learning: Learning }) {
  const option = useCallback(
    (colours: PlotColours) => confusionOption(learning, colours),
    [learning],
  );
  const table = useMemo(() => confusionTable(learning), [learning]);
  return (
    <Plot
      title={t('Confusion')}
      side={t('cases')}
      fileName="confusion"
      description={t(
        'What the model said for each class that readers said; the table has the counts.',
      )}
      option={option}
      table={table}
    />
  );
}
