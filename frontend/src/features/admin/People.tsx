/** Everyone with an account here. */
import { Button, Checkbox, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  changePerson,
  createPerson,
  type NewPerson,
  type Person,
  type PersonChange,
  peopleQuery,
  useSession,
} from '../../api/access';
import { type Column, DataTable } from '../../ui/DataTable';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { SecretOnce } from '../../ui/SecretOnce';
import { t } from '../../words/t';
import styles from './Admin.module.css';

export function People() {
  const client = useQueryClient();
  const { user } = useSession();
  const people = useQuery(peopleQuery);
  const onSuccess = () => client.invalidateQueries({ queryKey: peopleQuery.queryKey });
  const create = useMutation({ mutationFn: createPerson, onSuccess });
  const change = useMutation({
    mutationFn: ({ id, ...body }: PersonChange & { id: string }) => changePerson(id, body),
    onSuccess,
  });
  return (
    <div className={styles.stack}>
      <AddPerson isPending={create.isPending} onAdd={(person) => create.mutate(person)} />
      <Failed error={create.error ?? change.error} />
      {create.data?.password && (
        <SecretOnce
          title={t('First password of {name}', { name: create.data.name })}
          secret={create.data.password}
          onDone={create.reset}
        />
      )}
      <Panel
        title={t('People')}
        side={
          people.data &&
          t('{count, plural, one {# person} other {# people}}', { count: people.data.length })
        }
        isFlush
      >
        <Loaded of={people}>
          {(rows) => (
            <DataTable
              label={t('People')}
              rows={rows}
              columns={columnsWith(user.id, change.mutate)}
              rowId={(row) => row.id}
              height="calc(100vh - 320px)"
            />
          )}
        </Loaded>
      </Panel>
    </div>
  );
}

function columnsWith(
  ownId: string,
  change: (change: PersonChange & { id: string }) => void,
): Column<Person>[] {
  return [
    { key: 'name', title: t('Name'), sortValue: (row) => row.name, render: (row) => row.name },
    { key: 'email', title: t('E-mail'), sortValue: (row) => row.email, render: (row) => row.email },
    {
      key: 'admin',
      title: t('Instance admin'),
      sortValue: (row) => row.is_admin,
      render: (row) => (
        <Switch
          aria-label={t('{name} is an instance admin', { name: row.name })}
          checked={row.is_admin}
          disabled={row.id === ownId}
          onChange={(event) => change({ id: row.id, is_admin: event.currentTarget.checked })}
        />
      ),
    },
    {
      key: 'active',
      title: t('May sign in'),
      sortValue: (row) => row.is_active,
      render: (row) => (
        <Switch
          aria-label={t('{name} may sign in', { name: row.name })}
          checked={row.is_active}
          disabled={row.id === ownId}
          onChange={(event) => change({ id: row.id, is_active: event.currentTarget.checked })}
        />
      ),
    },
    {
      key: 'created',
      title: t('Since'),
      sortValue: (row) => row.created_at,
      render: (row) => <RelativeTime at={row.created_at} />,
    },
  ];
}

interface AddProps {
  isPending: boolean;
  onAdd: (person: NewPerson) => void;
}

function AddPerson({ isPending, onAdd }: AddProps) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [isAdmin, setAdmin] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd({ name: name.trim(), email: email.trim(), is_admin: isAdmin });
  };
  return (
    <Panel title={t('Add a person')} side={t('a first password is made and shown once')}>
      <form className={styles.row} onSubmit={submit}>
        <TextInput
          label={t('Name')}
          required
          w={220}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t('E-mail')}
          type="email"
          required
          w={260}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Checkbox
          label={t('Instance admin')}
          checked={isAdmin}
          onChange={(event) => setAdmin(event.currentTarget.checked)}
          mb={6}
        />
        <Button type="submit" loading={isPending}>
          {t('Add')}
        </Button>
      </form>
    </Panel>
  );
}
