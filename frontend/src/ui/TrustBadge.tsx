/** How far the geometry of images can be trusted: one word, with the reasons behind it. */

import { t } from '../words/t';
import { Chip, type Tone } from './Chip';
import { spoken } from './format';

export type Trust = 'sound' | 'caution' | 'unreliable';

const SHOWN: Record<Trust, { tone: Tone; title: string }> = {
  sound: { tone: 'plain', title: t('Nothing wrong was found with positions and spacing') },
  caution: { tone: 'warn', title: t('Look at the reasons before measuring') },
  unreliable: { tone: 'bad', title: t('Measurements through the slices come out wrong') },
};

export function TrustBadge({ trust }: { readonly trust: Trust | null }) {
  if (trust === null)
    return <Chip text={t('being checked')} title={t('Its geometry is being checked')} />;
  return <Chip tone={SHOWN[trust].tone} text={spoken(trust)} title={SHOWN[trust].title} />;
}
