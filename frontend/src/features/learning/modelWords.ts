/** What a new model would lose, in words. */
import type { ModelVersion } from '../../api/learning';
import { formatShare, spoken } from '../../ui/format';
import { t } from '../../words/t';

type Drop = ModelVersion['held_back'][number];

/** What groups are made of, inside a sentence. */
const ATTRIBUTES: Record<string, string> = {
  class: t('class'),
  site: t('site'),
  scanner: t('scanner'),
  sex: t('sex'),
  age: t('age'),
};

/** "site north 92 % → 61 % of 40" */
export function dropWords(drop: Drop): string {
  return t('{attribute} {value} {before} → {after} of {count}', {
    attribute: ATTRIBUTES[drop.attribute] ?? drop.attribute,
    value: spoken(drop.value),
    before: formatShare(drop.before),
    after: formatShare(drop.after),
    count: drop.count,
  });
}
