/** What attributes are called where a person reads them. */
import type { Attribute } from '../../api/projects';
import { t } from '../../words/t';
import type { Lack } from './attributes';

/** The choices of an attribute with their names; none for a number or a text. */
export function choicesOf(attribute: Attribute): readonly { key: string; name: string }[] {
  return attribute.kind === 'yes_no' ? YES_NO : attribute.choices;
}

const YES_NO = [
  { key: 'yes', name: t('Yes') },
  { key: 'no', name: t('No') },
];

/** What is lacking, in words. */
export function lackText(attribute: Attribute, why: Lack['why']): string {
  const unit = attribute.unit ? ` ${attribute.unit}` : '';
  if (why === 'missing') return t('Not answered yet');
  return why === 'below'
    ? t('{minimum}{unit} or more', { minimum: attribute.minimum ?? '', unit })
    : t('{maximum}{unit} or less', { maximum: attribute.maximum ?? '', unit });
}
