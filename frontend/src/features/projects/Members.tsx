/** Who is in the project, and as what. */
import { ActionIcon, Button, Select, TextInput, Tooltip } from '@mantine/core';
import { IconUserMinus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Role } from '../../api/access';
import { useSession } from '../../api/access';
import {
  type Member,
  membersQuery,
  type Project,
  putMember,
  removeMember,
} from '../../api/projects';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';
import styles from './ProjectPage.module.css';

export const ROLES: { value: Role; label: string; does: string }[] = [
  { value: 'reader', label: t('Reader'), does: t('reads cases') },
  {
    value: 'reviewer',
    label: t('Reviewer'),
    does: t('reads cases, reviews reads, sees the learning page'),
  },
  {
    value: 'data_manager',
    label: t('Data manager'),
    does: t('brings in images, freezes and exports datasets'),
  },
  {
    value: 'project_admin',
    label: t('Project admin'),
    does: t('everything in this project but asking who is who'),
  },
  {
    value: 'honest_broker',
    label: t('Honest broker'),
    does: t('may ask which pseudonym a patient has here; sees no image and no label'),
  },
];

export function Members({ project }: { project: Project }) {
  const client = useQueryClient();
  const { user } = useSession();
  const members = useQuery(membersQuery(project.id));
  const refresh = () => client.invalidateQueries({ queryKey: ['project', project.id] });
  const change = useMutation({
    mutationFn: (body: { email: string; role: Role }) => putMember(project.id, body),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: (userId: string) => removeMember(project.id, userId),
    onSuccess: refresh,
  });
  const columns: Column<Member>[] = [
    { key: 'name', title: t('Name'), sortValue: (row) => row.name, render: (row) => row.name },
    { key: 'email', title: t('E-mail'), sortValue: (row) => row.email, render: (row) => row.email },
    {
      key: 'role',
      title: t('Role'),
      width: 190,
      sortValue: (row) => row.role,
      render: (row) => (
        <Select
          aria-label={t('Role of {name}', { name: row.name })}
          data={ROLES}
          value={row.role}
          disabled={row.user_id === user.id}
          onChange={(role) => role && change.mutate({ email: row.email, role: role as Role })}
        />
      ),
    },
    {
      key: 'remove',
      title: '',
      width: 44,
      render: (row) => (
        <Tooltip label={t('Remove {name}; what was read stays', { name: row.name })}>
          <ActionIcon
            aria-label={t('Remove {name}', { name: row.name })}
            disabled={row.user_id === user.id}
            onClick={() => remove.mutate(row.user_id)}
          >
            <IconUserMinus size={16} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
  return (
    <div className={styles.narrow}>
      <AddMember onAdd={(body) => change.mutateAsync(body)} />
      <Failed error={change.error ?? remove.error} />
      <Panel
        title={t('Members')}
        side={
          members.data &&
          t('{count, plural, one {# person} other {# people}}', { count: members.data.length })
        }
        isFlush
      >
        <Loaded of={members}>
          {(rows) => (
            <DataTable
              label={t('Members')}
              rows={rows}
              columns={columns}
              rowId={(row) => row.user_id}
              empty={<EmptyState title={t('Nobody is in this project yet')} />}
            />
          )}
        </Loaded>
      </Panel>
    </div>
  );
}

function AddMember({
  onAdd,
}: {
  onAdd: (body: { email: string; role: Role }) => Promise<unknown>;
}) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('reader');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A failure is shown by the page above; the address stays for correction.
    void onAdd({ email: email.trim(), role }).then(
      () => setEmail(''),
      () => undefined,
    );
  };
  return (
    <Panel title={t('Add a person')}>
      <form className={styles.row} onSubmit={submit}>
        <TextInput
          label={t('E-mail')}
          type="email"
          required
          w={280}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label={t('Role')}
          data={ROLES}
          value={role}
          onChange={(value) => setRole((value ?? 'reader') as Role)}
        />
        <Button type="submit">{t('Add')}</Button>
        <span className={styles.muted}>{ROLES.find((one) => one.value === role)?.does}</span>
      </form>
    </Panel>
  );
}
