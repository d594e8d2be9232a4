/** Where the learner stands, in numbers, and what stands in its way. */
import { IconAlertTriangle } from '@tabler/icons-react';
import type { Learning } from '../../api/learning';
import {
  formatCount,
  formatNumber,
  formatScore,
  formatShare,
  intervalNote,
  spoken,
} from '../../ui/format';
import { StatRow, StatTile } from '../../ui/StatTile';
import { t, told } from '../../words/t';
import { worthNote } from './curvePlot';
import styles from './Learning.module.css';

const STATES: Record<string, string> = {
  collecting: t('Collecting first labels'),
  embedding: t('Looking at new images'),
  training_encoder: t('Training the encoder'),
  training_model: t('Training the model'),
  ready: t('Choosing cases'),
};

export function LearningState({ learning }: { learning: Learning }) {
  const points = learning.curve.strategy;
  // The model that speaks need not be the newest: one may be held back, or an earlier one chosen.
  const last =
    points.find((point) => point.label_count === learning.model?.label_count) ?? points.at(-1);
  const worth = worthNote(learning);
  return (
    <div className={styles.stack}>
      <StatRow>
        <StatTile
          label={t('Now')}
          value={STATES[learning.state] ?? spoken(learning.state)}
          note={nextRound(learning)}
        />
        <StatTile
          label={learning.curve.metric}
          value={formatScore(last?.score)}
          note={last ? intervalNote(last.low, last.high) : t('not measured yet')}
        />
        <StatTile
          label={t('Labelled')}
          value={formatCount(learning.labelled_count)}
          note={labelledNote(learning)}
        />
        <StatTile
          label={t('Measured on')}
          value={formatCount(learning.evaluation_count)}
          note={measuredNote(learning)}
        />
        <StatTile
          label={t('Encoder')}
          value={learning.encoder ? spoken(learning.encoder.kind) : t('none yet')}
          note={encoderNote(learning)}
        />
      </StatRow>
      {learning.predicts && <p className={styles.note}>{predictedNote(learning.predicts)}</p>}
      {learning.encoder_trial && <p className={styles.note}>{trialNote(learning.encoder_trial)}</p>}
      {worth && <p className={styles.note}>{worth}</p>}
      {learning.warnings.length > 0 && (
        <ul className={styles.warnings} aria-label={t('Warnings')}>
          {learning.warnings.map((warning) => (
            <li key={warning}>
              <IconAlertTriangle size={16} aria-label={t('Warning')} />
              {told(warning)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

type Predicted = NonNullable<Learning['predicts']>;

function labelledNote({ predicts, pool_count, control_count }: Learning): string {
  const numbers = { count: pool_count, controlCount: control_count };
  if (predicts?.scope === 'series')
    return t(
      'series, of {count, plural, one {# case} other {# cases}}; {controlCount} in the control arm',
      numbers,
    );
  if (predicts)
    return t(
      'images, of {count, plural, one {# case} other {# cases}}; {controlCount} in the control arm',
      numbers,
    );
  return t(
    'of {count, plural, one {# case} other {# cases}}, {controlCount} in the control arm',
    numbers,
  );
}

function measuredNote({ predicts, holdout_count: count }: Learning): string {
  if (predicts?.scope === 'series')
    return t('series read, of {count, plural, one {# case} other {# cases}} held out', { count });
  if (predicts)
    return t('images read, of {count, plural, one {# case} other {# cases}} held out', { count });
  return t('read, of {count, plural, one {# case} other {# cases}} held out', { count });
}

const predictedNote = ({ scope, name }: Predicted): string =>
  scope === 'series'
    ? t('Learns “{name}” of every series. Labels and scores count series; cases are asked for.', {
        name,
      })
    : t('Learns “{name}” of every image. Labels and scores count images; cases are asked for.', {
        name,
      });

function nextRound(learning: Learning): string {
  if (learning.next_round_in === null) return t('no round is planned');
  if (learning.next_round_in <= 0) return t('learns again any moment');
  return t('learns again after {count, plural, one {# read} other {# reads}}', {
    count: learning.next_round_in,
  });
}

/** What the labels said of the encoder trained on these images. */
function trialNote(trial: NonNullable<Learning['encoder_trial']>): string {
  const { last, next_at_label_count: next } = trial;
  if (!last)
    return t(
      'A trained encoder waits: at {count, plural, one {# label} other {# labels}} it is compared with what serves.',
      { count: next ?? 0 },
    );
  const numbers = t(
    'macro recall {scoreOther} with it, {scoreNow} without, log-loss saved {difference} ({low} to {high})',
    {
      scoreOther: formatScore(last.score_other),
      scoreNow: formatScore(last.score_now),
      difference: formatNumber(last.difference, 3),
      low: formatNumber(last.low, 3),
      high: formatNumber(last.high, 3),
    },
  );
  const base = t(
    'Compared on {count, plural, one {# label} other {# labels}}, held out by patient: {numbers}.',
    { count: last.label_count, numbers },
  );
  if (trial.state === 'in_use') return t('The trained encoder serves. {base}', { base });
  return t(
    'The trained encoder stays out, asked again at {count, plural, one {# label} other {# labels}}. {base}',
    { count: next ?? 0, base },
  );
}

function encoderNote(learning: Learning): string {
  if (!learning.encoder) return t('starts with the first images');
  const { state, dimension, progress } = learning.encoder;
  const share = progress < 1 ? `, ${formatShare(progress)}` : '';
  return t('{state}{share}, {count, plural, one {# number} other {# numbers}} per image', {
    state: spoken(state),
    share,
    count: dimension,
  });
}
