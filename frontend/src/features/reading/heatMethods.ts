/** The ways in which a heat map can be made. */
import { t } from '../../words/t';

export type HeatMethod = 'hirescam' | 'grad-cam-plus-plus' | 'occlusion';

export interface HeatMethodRow {
  readonly value: HeatMethod;
  readonly name: string;
  readonly about: string;
}

export const HEAT_METHODS: readonly HeatMethodRow[] = [
  {
    value: 'hirescam',
    name: 'HiResCAM',
    about: t('What moved the score: places add up to it exactly.'),
  },
  {
    value: 'grad-cam-plus-plus',
    name: 'Grad-CAM++',
    about: t('Whole channels, weighed by where they speak for the answer.'),
  },
  {
    value: 'occlusion',
    name: t('Occlusion'),
    about: t('How much of the score goes when a place is hidden.'),
  },
];

/** The one after it, from the last back to the first. */
export function nextHeatMethod(method: HeatMethod): HeatMethod {
  const at = HEAT_METHODS.findIndex(({ value }) => value === method);
  return (HEAT_METHODS[(at + 1) % HEAT_METHODS.length] ?? { value: method }).value;
}
