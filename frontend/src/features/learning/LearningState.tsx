/** Where the learner stands, in numbers, and what stands in its way. */
import { IconAlertTriangle } from '@tabler/icons-react';
import type { Learning } from '../../api/learning';
import {
  formatCount,
  formatScore,
  formatShare,
  intervalNote,
  plural,
  spoken,
} from '../../ui/format';
import { StatRow, StatTile } from '../../ui/StatTile';
import styles from './Learning.module.css';

const STATES: Record<string, string> = {
  collecting: 'Collecting first labels',
  embedding: 'Looking at new images',
  training_encoder: 'Training the encoder',
  training_model: 'Training the model',
  ready: 'Choosing cases',
};

export function LearningState({ learning }: { learning: Learning }) {
  const points = learning.curve.strategy;
  // The model that speaks need not be the newest: one may be held back, or an earlier one chosen.
  const last =
    points.find((point) => point.label_count === learning.model?.label_count) ?? points.at(-1);
  return (
    <div className={styles.stack}>
      <StatRow>
        <StatTile
          label="Now"
          value={STATES[learning.state] ?? spoken(learning.state)}
          note={nextRound(learning)}
        />
        <StatTile
          label={learning.curve.metric}
          value={formatScore(last?.score)}
          note={last ? intervalNote(last.low, last.high) : 'not measured yet'}
        />
        <StatTile
          label="Labelled"
          value={formatCount(learning.labelled_count)}
          note={`of ${plural(learning.pool_count, 'case')}, ${learning.control_count} in the control arm`}
        />
        <StatTile
          label="Measured on"
          value={formatCount(learning.evaluation_count)}
          note={`read, of ${plural(learning.holdout_count, 'case')} held out`}
        />
        <StatTile
          label="Encoder"
          value={learning.encoder ? spoken(learning.encoder.kind) : 'none yet'}
          note={encoderNote(learning)}
        />
      </StatRow>
      {learning.encoder_trial && <p className={styles.note}>{trialNote(learning.encoder_trial)}</p>}
      {learning.warnings.length > 0 && (
        <ul className={styles.warnings} aria-label="Warnings">
          {learning.warnings.map((warning) => (
            <li key={warning}>
              <IconAlertTriangle size={16} aria-label="Warning" />
              {warning}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function nextRound(learning: Learning): string {
  if (learning.next_round_in === null) return 'no round is planned';
  if (learning.next_round_in <= 0) return 'learns again any moment';
  return `learns again after ${plural(learning.next_round_in, 'read')}`;
}

/** What the labels said of the encoder trained on these images. */
function trialNote(trial: NonNullable<Learning['encoder_trial']>): string {
  const { last, next_at_label_count: next } = trial;
  if (!last)
    return `A trained encoder waits: at ${plural(next ?? 0, 'label')} it is compared with what serves.`;
  const numbers = `macro recall ${formatScore(last.score_other)} with it, ${formatScore(last.score_now)} without, log-loss saved ${last.difference.toFixed(3)} (${last.low.toFixed(3)} to ${last.high.toFixed(3)})`;
  const base = `Compared on ${plural(last.label_count, 'label')}, held out by patient: ${numbers}.`;
  if (trial.state === 'in_use') return `The trained encoder serves. ${base}`;
  return `The trained encoder stays out, asked again at ${plural(next ?? 0, 'label')}. ${base}`;
}

function encoderNote(learning: Learning): string {
  if (!learning.encoder) return 'starts with the first images';
  const { state, dimension, progress } = learning.encoder;
  const share = progress < 1 ? `, ${formatShare(progress)}` : '';
  return `${spoken(state)}${share}, ${plural(dimension, 'number')} per image`;
}
