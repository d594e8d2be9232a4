/** Personal tokens: scripts act as me with these, until they expire or are taken back. */
import { Button, Group, NumberInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createToken, deleteToken, type PersonalToken, tokensQuery } from '../../api/access';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { SecretOnce } from '../../ui/SecretOnce';
import { t } from '../../words/t';

export function Tokens() {
  const client = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const onSuccess = () => client.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const create = useMutation({ mutationFn: createToken, onSuccess });
  const remove = useMutation({ mutationFn: deleteToken, onSuccess });
  return (
    <Stack gap="md">
      {create.data?.secret && (
        <SecretOnce
          title={t('Token {name}', { name: create.data.name })}
          secret={create.data.secret}
          onDone={create.reset}
        />
      )}
      <Panel title={t('Tokens for scripts')} side={t('sent as Authorization: Bearer')} isFlush>
        <NewToken isPending={create.isPending} onCreate={create.mutate} />
        <Failed error={create.error ?? remove.error} />
        <Loaded of={tokens} rows={3}>
          {(rows) => (
            <DataTable
              label={t('Tokens')}
              rows={rows}
              columns={columnsWith(remove.mutate)}
              rowId={(row) => row.id}
              empty={<EmptyState title={t('No token yet')} />}
            />
          )}
        </Loaded>
      </Panel>
    </Stack>
  );
}

function columnsWith(remove: (id: string) => void): Column<PersonalToken>[] {
  return [
    { key: 'name', title: t('Name'), sortValue: (row) => row.name, render: (row) => row.name },
    {
      key: 'used',
      title: t('Last used'),
      render: (row) => <RelativeTime at={row.used_at} otherwise={t('never')} />,
    },
    { key: 'expires', title: t('Expires'), render: (row) => <RelativeTime at={row.expires_at} /> },
    {
      key: 'remove',
      title: '',
      width: 110,
      render: (row) => (
        <Button variant="default" size="compact-xs" onClick={() => remove(row.id)}>
          {t('Take back')}
        </Button>
      ),
    },
  ];
}

interface NewProps {
  isPending: boolean;
  onCreate: (body: { name: string; days: number }) => void;
}

function NewToken({ isPending, onCreate }: NewProps) {
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCreate({ name: name.trim(), days });
    setName('');
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" p="md">
        <TextInput
          label={t('What it is for')}
          required
          w={280}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NumberInput
          label={t('Good for')}
          suffix={` ${t('days')}`}
          min={1}
          max={365}
          w={120}
          value={days}
          onChange={(value) => setDays(Number(value) || 1)}
        />
        <Button type="submit" loading={isPending}>
          {t('Make a token')}
        </Button>
      </Group>
    </form>
  );
}
