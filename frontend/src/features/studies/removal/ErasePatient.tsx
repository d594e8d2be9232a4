/** Erases one patient everywhere: name them, look at what goes, type the pseudonym once more. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconEraser, IconSearch } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type ErasurePreview, orderErasure, previewErasure } from '../../../api/removal';
import { Failed } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { t } from '../../../words/t';

export function ErasePatient({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const [pseudonym, setPseudonym] = useState('');
  const [typed, setTyped] = useState('');
  const wanted = pseudonym.trim();
  const look = useMutation({ mutationFn: () => previewErasure(projectId, wanted) });
  const erase = useMutation({
    mutationFn: () => orderErasure(projectId, wanted),
    onSuccess: async () => {
      setPseudonym('');
      setTyped('');
      look.reset();
      await client.invalidateQueries({ queryKey: ['project', projectId] });
    },
  });
  const onLook = (event: FormEvent) => {
    event.preventDefault();
    look.mutate();
  };
  return (
    <Panel title={t('Erase a patient')} side={t('everywhere, for ever')}>
      <Stack gap="sm">
        <form onSubmit={onLook} aria-label={t('Whom to erase')}>
          <Group align="flex-end" gap="sm">
            <TextInput
              label={t('Pseudonym')}
              value={pseudonym}
              maxLength={64}
              w={260}
              onChange={(event) => {
                setPseudonym(event.currentTarget.value);
                look.reset();
                erase.reset();
              }}
            />
            <Button
              type="submit"
              variant="default"
              leftSection={<IconSearch size={14} />}
              loading={look.isPending}
              disabled={wanted === ''}
            >
              {t('Show what would go')}
            </Button>
          </Group>
        </form>
        <Failed error={look.error ?? erase.error} />
        {look.data && (
          <Group align="flex-end" gap="sm">
            <TextInput
              label={t('Type the pseudonym once more')}
              description={<Extent of={look.data} />}
              inputWrapperOrder={['description', 'label', 'input']}
              value={typed}
              maxLength={64}
              w={460}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button
              color="red"
              leftSection={<IconEraser size={14} />}
              disabled={typed.trim() !== wanted}
              loading={erase.isPending}
              onClick={() => erase.mutate()}
            >
              {t('Erase for ever')}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

function Extent({ of }: { of: ErasurePreview }) {
  return (
    <Text span size="sm" c="var(--c-text)">
      {t(
        '{count, plural, one {# study} other {# studies}} with {instances, plural, one {# image} other {# images}} in {projects, plural, one {# project} other {# projects}}, {submissions, plural, one {# submitted read} other {# submitted reads}} with {annotationRevisions, plural, one {# saved mark} other {# saved marks}}. Changes {datasetVersions, plural, one {# frozen dataset} other {# frozen datasets}}. There is no way back, and the patient cannot be brought in again.',
        {
          count: of.studies,
          instances: of.instances,
          projects: of.projects,
          submissions: of.submissions,
          annotationRevisions: of.annotation_revisions,
          datasetVersions: of.dataset_versions,
        },
      )}
      {of.files_set_aside > 0 &&
        ` ${t('{count, plural, one {# file} other {# files}} in quarantine, conflict or waiting go along.', { count: of.files_set_aside })}`}
      {of.files_unread > 0 &&
        ` ${t('{count, plural, one {# file that was} other {# files that were}} set aside name nobody yet: their headers are read first, and what cannot be read stays under Received files.', { count: of.files_unread })}`}
    </Text>
  );
}
