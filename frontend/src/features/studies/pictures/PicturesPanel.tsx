/** Bring in pictures with a table: choose both, say what the columns mean, look, send. */
import { Button, Checkbox, Group, Select, Text, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { checkPictures, orderPictures, type PictureCheck } from '../../../api/pictures';
import { Failed } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { t } from '../../../words/t';
import { useUploads } from '../upload/uploadStore';
import { ChoosePictures } from './ChoosePictures';
import { ASSUMED, bodyOf, isUsable, MEANINGS, type PicturesForm } from './form';
import { PicturesCheck } from './PicturesCheck';
import type { PickedPictures } from './picked';

interface Props {
  projectId: string;
  picked: PickedPictures;
  onPicked: (picked: PickedPictures) => void;
  onClose: () => void;
}

export function PicturesPanel({ projectId, picked, onPicked, onClose }: Props) {
  const [form, setForm] = useState(ASSUMED);
  const check = useCheck(projectId, picked, form);
  const columns = withGuess(form, check.data).columns;
  const upload = useUploads((store) => store.add);
  const bring = useMutation({
    mutationFn: async () =>
      orderPictures(projectId, await bodyOf(picked, withGuess(form, check.data))),
    onSuccess: ({ items }) => {
      const facts = new Map(items.map(({ name, facts }) => [name, facts]));
      const files = picked.pictures.flatMap((one) => {
        const picture = facts.get(one.name);
        return picture ? [{ ...one, picture }] : [];
      });
      upload(projectId, { files, leftOutCount: picked.pictures.length - files.length });
      onClose();
    },
  });
  const change = (next: Partial<PicturesForm>) => {
    setForm({ ...withGuess(form, check.data), ...next });
    bring.reset();
  };
  return (
    <Panel
      title={t('Pictures with a table')}
      actions={
        <Button variant="default" onClick={onClose}>
          {t('Close')}
        </Button>
      }
    >
      <ChoosePictures picked={picked} onPicked={onPicked} />
      {columns && check.data && (
        <Group align="flex-end" gap="sm" mt="sm">
          {MEANINGS.map(({ name, label }) => (
            <Select
              key={name}
              label={label}
              data={check.data.header}
              value={columns[name] ?? null}
              clearable={name !== 'path'}
              allowDeselect={false}
              placeholder="–"
              w={140}
              onChange={(chosen) => change({ columns: { ...columns, [name]: chosen } })}
            />
          ))}
          <TextInput
            label={t('Modality')}
            value={form.modality}
            maxLength={16}
            w={90}
            onChange={(event) => change({ modality: event.currentTarget.value })}
          />
          <TextInput
            label={t('Body part')}
            value={form.bodyPart}
            maxLength={16}
            w={120}
            onChange={(event) => change({ bodyPart: event.currentTarget.value })}
          />
          <Checkbox
            label={t('Keep labels as the hidden answer key')}
            checked={form.hidesLabels}
            mb={6}
            onChange={(event) => change({ hidesLabels: event.currentTarget.checked })}
          />
          <Button
            leftSection={<IconDownload size={14} />}
            disabled={!isUsable(check.data) || check.isFetching}
            loading={bring.isPending}
            onClick={() => bring.mutate()}
          >
            {t('Bring in {count, plural, one {# picture} other {# pictures}}', {
              count: check.data.picture_count,
            })}
          </Button>
        </Group>
      )}
      <Failed error={check.error ?? bring.error} />
      {check.isLoading && <Text c="dimmed">{t('Reading the table')}</Text>}
      {check.data && <PicturesCheck check={check.data} />}
    </Panel>
  );
}

/** The columns as they are meant: chosen, else as the server guessed them. */
function withGuess(form: PicturesForm, check: PictureCheck | undefined): PicturesForm {
  return { ...form, columns: form.columns ?? check?.columns ?? null };
}

function useCheck(projectId: string, picked: PickedPictures, form: PicturesForm) {
  const { table, pictures } = picked;
  const chosen = [table?.name, table?.file.size, table?.file.lastModified, pictures.length];
  return useQuery({
    queryKey: ['project', projectId, 'pictures', ...chosen, form],
    queryFn: async () => checkPictures(projectId, await bodyOf(picked, form)),
    enabled: table !== null,
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
}
