/** What single labels mean, one text each; readers open them beside the image. */
import { Select, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { labelSchemaQuery } from '../../api/projects';
import { t } from '../../words/t';

interface Props {
  projectId: string;
  texts: Readonly<Record<string, string>>;
  onChange: (texts: Record<string, string>) => void;
}

export function LabelGuidelines({ projectId, texts, onChange }: Props) {
  const { data: schema } = useQuery(labelSchemaQuery(projectId));
  const [chosen, setChosen] = useState<string | null>(null);
  const labels = schema?.labels ?? [];
  const key = chosen ?? labels[0]?.key;
  if (!key) return null;
  const mark = (one: string) => (texts[one] ? ' ·' : '');
  return (
    <div>
      <Select
        label={t('What a label means')}
        description={t(
          'Labels with a dot have a text. Examples are added in the reading room, from a finished case.',
        )}
        data={labels.map((label) => ({ value: label.key, label: label.name + mark(label.key) }))}
        value={key}
        onChange={setChosen}
      />
      <Textarea
        aria-label={t('Text for this label')}
        autosize
        minRows={3}
        maxLength={20000}
        mt={8}
        value={texts[key] ?? ''}
        onChange={(event) => onChange({ ...texts, [key]: event.currentTarget.value })}
      />
    </div>
  );
}
