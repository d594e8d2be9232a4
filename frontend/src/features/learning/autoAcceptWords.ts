/** What stands in the way of answers by the model, in words. */
import type { AutoAcceptEstimate, TargetEstimate } from '../../api/autoAccept';
import { formatCount, formatShare } from '../../ui/format';
import { t } from '../../words/t';

const REFUSALS: Record<string, string> = {
  not_classification: t(
    'Only answers to the question of a project are accepted, no masks or boxes.',
  ),
  per_unit: t('Series or images are learned one by one: no bound is known for a whole case.'),
  blinded_readers: t('Several blinded readers read each case: every place is a person’s.'),
  no_model: t('There is no model yet.'),
  no_estimate: t('The model in use was made before this was measured: the next round measures it.'),
  question_changed: t(
    'The question was changed since the model was made: the next round comes first.',
  ),
  disproved: t('It was turned off with this very model: another round must come first.'),
};

const ENDS: Record<string, string> = {
  person: t('turned off by a person'),
  new_model: t('a new round or another model came'),
  disagreement: t('readers disagreed beyond the target'),
  site_drift: t('new cases come from other sites (permutation test)'),
  score_drift: t('the model is less or more sure of new cases (Kolmogorov-Smirnov test)'),
  question_changed: t('the question was changed'),
  blinded_readers: t('several blinded readers read each case now'),
};

const DRIFTS: Record<string, string> = {
  sites: t('The control arm comes from other sites than the pool.'),
  scores: t('The model is not as sure of the control arm as of the pool.'),
};

export const refusalWords = (code: string): string => REFUSALS[code] ?? code;

export const endWords = (code: string): string => ENDS[code] ?? code;

export const driftWords = (name: string): string => DRIFTS[name] ?? name;

/** The whole percents of a target: 0.05 is 5 %. */
export const targetWords = (target: number): string => formatShare(target);

/** What a target lacks, in one sentence; empty where it is met. */
export function missingWords(row: TargetEstimate, estimate: AutoAcceptEstimate): string {
  if (row.is_met) return '';
  if (row.more_reads === null) {
    return t(
      '{errors} of {count} were wrong: no number of reads would do, the model must be better',
      {
        errors: formatCount(row.error_count),
        count: formatCount(row.accepted_check_count),
      },
    );
  }
  if (row.more_reads === 0) return estimate.drifts.map(driftWords).join(' ');
  const most = [...row.lacking].sort((one, other) => other.more - one.more)[0];
  const reads = t(
    '{count, plural, one {# more control-arm read} other {# more control-arm reads}}',
    {
      count: row.more_reads,
    },
  );
  if (!most) return t('at least {reads}', { reads });
  const name = most.is_absence ? t('no {name}', { name: most.name }) : most.name;
  return t('at least {reads}; {name} has {has} of {needs} to calibrate on', {
    reads,
    name,
    has: formatCount(most.count),
    needs: formatCount(most.count + most.more),
  });
}
