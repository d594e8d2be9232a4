/** What may become of a case besides its answer: a verdict on its images, or leaving it out. */
import type { Attribute, LabelSchema } from '../../api/projects';
import type { AttributeValue, OutcomeContent } from '../../api/reading';
import { t } from '../../words/t';
import type { Outcome } from './items';

export const NO_OUTCOME: Omit<Outcome, 'id'> = {
  kind: 'outcome',
  exclusion: null,
  quality: null,
  note: '',
};

type Quality = NonNullable<OutcomeContent['quality']>;

export const QUALITIES: readonly { readonly key: Quality; readonly name: string }[] = [
  { key: 'diagnostic', name: t('Diagnostic') },
  { key: 'limited', name: t('Limited') },
  { key: 'non_diagnostic', name: t('Non-diagnostic') },
];

/** The verdict on image quality, asked like an attribute of the study; no key a project can make. */
export const QUALITY: Attribute = {
  key: '(quality)',
  name: t('Image quality'),
  kind: 'single',
  scope: 'study',
  label_keys: [],
  choices: [...QUALITIES],
  unit: '',
  minimum: null,
  maximum: null,
  is_required: false,
  shown_when: null,
};

export const qualityOf = (value: AttributeValue | undefined): Quality | null =>
  QUALITIES.find(({ key }) => key === value)?.key ?? null;

/** Everything a case is asked beside its question, the verdict on quality last of the study's. */
export function asksOf({ attributes, quality_verdict }: LabelSchema): readonly Attribute[] {
  if (quality_verdict === 'none') return attributes;
  return [...attributes, { ...QUALITY, is_required: quality_verdict === 'required' }];
}

export const qualityName = (quality: Quality): string =>
  QUALITIES.find(({ key }) => key === quality)?.name ?? quality;

export const reasonName = (schema: LabelSchema, key: string): string =>
  schema.exclusion_reasons.find((reason) => reason.key === key)?.name ?? key;
