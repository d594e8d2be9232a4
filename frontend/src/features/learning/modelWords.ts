/** What a new model would lose, in words. */
import type { ModelVersion } from '../../api/learning';
import { formatShare, spoken } from '../../ui/format';

type Drop = ModelVersion['held_back'][number];

/** "site north 92 % → 61 % of 40" */
export function dropWords(drop: Drop): string {
  const who = `${drop.attribute} ${spoken(drop.value)}`;
  return `${who} ${formatShare(drop.before)} → ${formatShare(drop.after)} of ${drop.count}`;
}
