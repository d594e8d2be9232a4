/** What a new model would lose, and what its heat maps follow, in words. */
import type { ModelVersion } from '../../api/learning';
import { formatInterval, formatScore, formatShare, spoken } from '../../ui/format';
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

type MapCheck = NonNullable<ModelVersion['map_check']>;

const OTHER: readonly (readonly ['head' | 'encoder' | 'other_image', string])[] = [
  ['head', t('with a random head')],
  ['encoder', t('with a random encoder')],
  ['other_image', t('of another image')],
];

/** What heat maps correlate with, a line each; near 0 with random weights is as it should be. */
export function mapCheckWords(check: MapCheck): string {
  const lines = OTHER.flatMap(([key, words]) => {
    const found = check[key];
    return found
      ? [`${words}: ${formatScore(found.mean)} (${formatInterval(found.low, found.high)})`]
      : [];
  });
  return [
    t('Correlation of heat maps over {count, plural, one {# image} other {# images}}:', {
      count: check.image_count,
    }),
    ...lines,
  ].join('\n');
}
