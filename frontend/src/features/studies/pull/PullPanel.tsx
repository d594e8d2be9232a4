/** Pull studies from another server: choose it, say which studies, look, pull. */
import { Button, Group, NumberInput, Select, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { jobsQuery } from '../../../api/jobs';
import { orderPull, previewPull, sourcesQuery } from '../../../api/pulls';
import { Failed } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { t } from '../../../words/t';
import { PullMatches } from './PullMatches';
import { EVERYTHING, type WantedForm, wantedOf } from './wanted';

type TextName = Exclude<keyof WantedForm, 'limit'>;

const FIELDS: { name: TextName; label: string; placeholder?: string; type?: string }[] = [
  { name: 'modality', label: t('Modality'), placeholder: 'CT' },
  { name: 'date_from', label: t('Studied from'), type: 'date' },
  { name: 'date_to', label: t('Studied until'), type: 'date' },
  { name: 'study_description', label: t('Description'), placeholder: '*thorax*' },
  { name: 'accession_number', label: t('Accession number') },
  { name: 'patient_id', label: t('Patient ID') },
  { name: 'patient_name', label: t('Patient name'), placeholder: 'Doe^J*' },
];

interface Props {
  projectId: string;
  onClose: () => void;
}

export function PullPanel({ projectId, onClose }: Props) {
  const client = useQueryClient();
  const sources = useQuery(sourcesQuery(projectId)).data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [form, setForm] = useState(EVERYTHING);
  const source = chosen ?? sources[0] ?? '';
  const body = { source, wanted: wantedOf(form) };
  const preview = useMutation({ mutationFn: () => previewPull(projectId, body) });
  const pull = useMutation({
    mutationFn: () => orderPull(projectId, body),
    onSuccess: () => client.invalidateQueries({ queryKey: jobsQuery(projectId).queryKey }),
  });
  // Matches of another search must not look like those of this one.
  const change = (next: Partial<WantedForm>) => {
    setForm({ ...form, ...next });
    preview.reset();
    pull.reset();
  };
  const look = (event: FormEvent) => {
    event.preventDefault();
    preview.mutate();
  };
  const matches = preview.data;
  return (
    <Panel
      title={t('Pull from another server')}
      side={pull.isSuccess ? t('Under way: see the jobs at the top of the page') : undefined}
      actions={
        <Button variant="default" onClick={onClose}>
          {t('Close')}
        </Button>
      }
    >
      <form onSubmit={look} aria-label={t('Which studies to pull')}>
        <Group align="flex-end" gap="sm">
          <Select
            label={t('Server')}
            data={sources}
            value={source}
            onChange={(next) => {
              setChosen(next);
              change({});
            }}
            allowDeselect={false}
            w={200}
          />
          {FIELDS.map(({ name, ...field }) => (
            <TextInput
              key={name}
              {...field}
              value={form[name]}
              maxLength={64}
              w={field.type === 'date' ? 150 : 140}
              onChange={(event) => change({ [name]: event.currentTarget.value })}
            />
          ))}
          <NumberInput
            label={t('At most')}
            value={form.limit}
            min={1}
            max={5000}
            clampBehavior="strict"
            w={90}
            onChange={(next) => change({ limit: Number(next) || 1 })}
          />
          <Button
            type="submit"
            variant="default"
            leftSection={<IconSearch size={14} />}
            loading={preview.isPending}
          >
            {t('Show what matches')}
          </Button>
          <Button
            leftSection={<IconDownload size={14} />}
            disabled={!matches?.study_count || pull.isSuccess}
            loading={pull.isPending}
            onClick={() => pull.mutate()}
          >
            {matches
              ? t('Pull {count, plural, one {# study} other {# studies}}', {
                  count: matches.study_count,
                })
              : t('Pull')}
          </Button>
        </Group>
      </form>
      <Failed error={preview.error ?? pull.error} />
      {matches && <PullMatches matches={matches} />}
    </Panel>
  );
}
