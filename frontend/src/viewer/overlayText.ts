/** Ends of colours in the words and units values are read in. */
import { formatNumber } from '../ui/format';
import type { Ends } from './colourMaps';
import type { Frame } from './frames';
import { shownUnit, shownValues } from './shownValues';

type Measured = Pick<Frame, 'suvFactor' | 'valueUnit'>;

/** As many figures as tell the two ends apart. */
export function endTexts({ low, high }: Ends, measure: Measured): readonly [string, string] {
  const [from = 0, to = 0] = shownValues(measure, [low, high]);
  const span = Math.abs(to - from);
  const digits = span >= 50 ? 0 : span >= 1 ? 1 : 3;
  const text = (value: number) => formatNumber(value, Number.isInteger(value) ? 0 : digits);
  return [text(from), text(to)];
}

/** "0 – 7 SUVbw". */
export function endsText(ends: Ends, measure: Measured): string {
  const [from, to] = endTexts(ends, measure);
  return [`${from} – ${to}`, shownUnit(measure)].filter(Boolean).join(' ');
}
