/** My own name, password and tokens for scripts. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changePassword, saveMe, sessionQuery, useSession } from '../../api/access';
import { useHangingLists } from '../../api/hanging';
import { HangingList } from '../../ui/HangingList';
import { Failed } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';
import { LanguagePart } from './LanguagePart';
import { Tokens } from './Tokens';

export function AccountPage() {
  const { user } = useSession();
  return (
    <>
      <PageHeader title={t('Account')} side={user.email} />
      <Stack gap="md" maw={900}>
        <NamePart name={user.name} />
        <LanguagePart />
        <PasswordPart />
        <HangingPart />
        <Tokens />
      </Stack>
    </>
  );
}

function HangingPart() {
  const lists = useHangingLists(null);
  return (
    <HangingList
      list={lists.me}
      side={t('mine, before those of a project')}
      onKeep={(list) => lists.keep('me', list)}
    />
  );
}

function NamePart({ name: saved }: { name: string }) {
  const client = useQueryClient();
  const [name, setName] = useState(saved);
  const save = useMutation({
    mutationFn: () => saveMe({ name: name.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Panel title={t('Name')}>
      <form onSubmit={submit}>
        <Stack gap="md" align="flex-start">
          <TextInput
            label={t('Name that others see')}
            w={280}
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Failed error={save.error} />
          <Button type="submit" disabled={name.trim() === saved} loading={save.isPending}>
            {t('Save')}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}

function PasswordPart() {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation({
    mutationFn: () => changePassword({ current, new: next }),
    onSuccess: () => {
      setCurrent('');
      setNext('');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Panel title={t('Password')}>
      <form onSubmit={submit}>
        <Stack gap="md" align="flex-start">
          <PasswordInput
            label={t('Password now')}
            autoComplete="current-password"
            w={280}
            required
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('New password')}
            autoComplete="new-password"
            w={280}
            required
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <Failed error={change.error} />
          {change.isSuccess && <span role="status">{t('The password was changed.')}</span>}
          <Button type="submit" loading={change.isPending}>
            {t('Change')}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
