/** What attributes are called where a person reads them. */
import type { Attribute } from '../../api/projects';
import { formatNumber } from '../../ui/format';
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
    ? t('{minimum}{unit} or more', { minimum: formatNumber(attribute.minimum ?? 0), unit })
    : t('{maximum}{unit} or less', { maximum: formatNumber(attribute.maximum ?? 0), unit });
}
