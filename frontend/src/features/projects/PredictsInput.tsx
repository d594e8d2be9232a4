/** What the learner predicts: the answer of a case, or what is asked of every series or image. */
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type LabelSchema, labelSchemaQuery } from '../../api/projects';
import { t } from '../../words/t';

interface Props {
  projectId: string;
  value: string;
  onChange: (key: string) => void;
}

type Attribute = LabelSchema['attributes'][number];

const KINDS: readonly string[] = ['single', 'multi', 'yes_no'];

const isLearnable = ({ scope, kind }: Attribute): boolean =>
  (scope === 'series' || scope === 'image') && KINDS.includes(kind);

const titleOf = ({ name, scope }: Attribute): string =>
  scope === 'series'
    ? t('{name} (of every series)', { name })
    : t('{name} (of every image)', { name });

export function PredictsInput({ projectId, value, onChange }: Props) {
  const { data } = useQuery(labelSchemaQuery(projectId));
  const offered = (data?.attributes ?? []).filter(isLearnable);
  const isGone = value !== '' && data !== undefined && !offered.some(({ key }) => key === value);
  if (offered.length === 0 && value === '') return null;
  return (
    <Select
      label={t('What the model predicts')}
      description={t(
        'Choices that are asked of every series or image can be learned in place of the answer of a case. Cases are still read whole.',
      )}
      error={
        isGone && t('This is asked no more: nothing is learned until something else is chosen.')
      }
      data={[
        { value: '', label: t('The answer of the case, or what is drawn') },
        ...offered.map((one) => ({ value: one.key, label: titleOf(one) })),
      ]}
      value={value}
      onChange={(key) => key !== null && onChange(key)}
    />
  );
}
