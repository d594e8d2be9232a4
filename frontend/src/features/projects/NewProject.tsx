/** A new project: a name, and what it is for. */
import { Button, Popover, Stack, Textarea, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { sessionQuery } from '../../api/access';
import { createProject, projectsQuery } from '../../api/projects';
import { Failed } from '../../ui/Loaded';
import { t } from '../../words/t';

export function NewProject() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [purpose, setPurpose] = useState('');
  const create = useMutation({
    mutationFn: () => createProject({ name: name.trim(), purpose: purpose.trim() }),
    onSuccess: async (project) => {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      await navigate({ to: `/projects/${project.id}/labels` });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Popover position="bottom-end" width={360} trapFocus shadow="none">
      <Popover.Target>
        <Button leftSection={<IconPlus size={14} />}>{t('New project')}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              label={t('Name')}
              required
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Textarea
              label={t('Purpose')}
              description={t('What the labels are for; readers see it.')}
              autosize
              minRows={3}
              value={purpose}
              onChange={(event) => setPurpose(event.currentTarget.value)}
            />
            <Failed error={create.error} />
            <Button type="submit" loading={create.isPending}>
              {t('Create and define the labels')}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
