/** How far the geometry of images can be trusted: one word, with the reasons behind it. */
import { Chip, type Tone } from './Chip';

export type Trust = 'sound' | 'caution' | 'unreliable';

const SHOWN: Record<Trust, { tone: Tone; title: string }> = {
  sound: { tone: 'plain', title: 'Nothing wrong was found with positions and spacing' },
  caution: { tone: 'warn', title: 'Look at the reasons before measuring' },
  unreliable: { tone: 'bad', title: 'Measurements through the slices come out wrong' },
};

export function TrustBadge({ trust }: { readonly trust: Trust | null }) {
  if (trust === null) return <Chip text="being checked" title="Its geometry is being checked" />;
  return <Chip tone={SHOWN[trust].tone} text={trust} title={SHOWN[trust].title} />;
}
