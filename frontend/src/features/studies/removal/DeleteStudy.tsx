/** Takes a study away, with a reason; it can be had back from the list of deleted studies. */
import { Button, Group, Select, Stack } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type DeletionReason, deleteStudy, REASONS } from '../../../api/removal';
import { Failed } from '../../../ui/Loaded';
import { t } from '../../../words/t';

const CHOICES = Object.entries(REASONS).map(([value, label]) => ({ value, label }));

interface Props {
  projectId: string;
  studyId: string;
  onGone: () => void;
}

export function DeleteStudy({ projectId, studyId, onGone }: Props) {
  const client = useQueryClient();
  const [reason, setReason] = useState<DeletionReason | null>(null);
  const remove = useMutation({
    mutationFn: (why: DeletionReason) => deleteStudy(studyId, why),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['project', projectId] });
      onGone();
    },
  });
  return (
    <Stack gap="xs">
      <Failed error={remove.error} />
      <Group align="flex-end" gap="sm">
        <Select
          label={t('Delete this study because of')}
          placeholder={t('Choose a reason')}
          data={CHOICES}
          value={reason}
          onChange={(next) => setReason(next as DeletionReason | null)}
          w={260}
        />
        <Button
          variant="default"
          leftSection={<IconTrash size={14} />}
          loading={remove.isPending}
          disabled={reason === null}
          onClick={() => reason && remove.mutate(reason)}
        >
          {t('Delete this study')}
        </Button>
      </Group>
    </Stack>
  );
}
