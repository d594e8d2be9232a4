/** Who did what, in a chain of hashes that can be checked. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type AuditEvent, auditQuery, verifyAudit } from '../../api/access';
import { projectsQuery } from '../../api/projects';
import { Chip } from '../../ui/Chip';
import { download, toCsv } from '../../ui/csv';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatExact, spoken } from '../../ui/format';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';
import styles from './Admin.module.css';

const COLUMNS: Column<AuditEvent>[] = [
  { key: 'id', title: t('No.'), isNumber: true, width: 70, render: (row) => row.id },
  { key: 'at', title: t('When'), width: 220, render: (row) => formatExact(row.at) },
  {
    key: 'actor',
    title: t('Who'),
    sortValue: (row) => row.actor_name,
    render: (row) => row.actor_name || t('the system'),
  },
  {
    key: 'action',
    title: t('Did'),
    sortValue: (row) => row.action,
    render: (row) => spoken(row.action),
  },
  {
    key: 'object',
    title: t('To'),
    sortValue: (row) => row.object_kind,
    render: (row) => <span title={row.object_id}>{spoken(row.object_kind)}</span>,
  },
  { key: 'detail', title: t('Detail'), render: (row) => detailOf(row) },
];

function detailWords(row: AuditEvent): string {
  return Object.entries(row.detail)
    .map(
      ([name, value]) =>
        `${spoken(name)}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join('; ');
}

function detailOf(row: AuditEvent) {
  const words = detailWords(row);
  return (
    <span className={styles.detail} title={words}>
      {words || '–'}
    </span>
  );
}

export function AuditLog() {
  const [projectId, setProjectId] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const projects = useQuery(projectsQuery);
  const audit = useInfiniteQuery(auditQuery(projectId ?? undefined));
  const all = useMemo(() => audit.data?.pages.flatMap((page) => page.items) ?? [], [audit.data]);
  const wanted = search.trim().toLowerCase();
  const rows = all.filter((row) =>
    `${row.actor_name} ${spoken(row.action)} ${row.object_kind} ${detailWords(row)}`
      .toLowerCase()
      .includes(wanted),
  );
  const save = () => {
    const cells = rows.map((row) => [
      row.id,
      row.at,
      row.actor_name,
      row.action,
      row.object_kind,
      row.object_id,
      detailWords(row),
    ]);
    const header = ['number', 'at', 'who', 'action', 'object_kind', 'object_id', 'detail'];
    download('audit.csv', 'text/csv', toCsv(header, cells));
  };
  return (
    <Panel
      title={t('Audit')}
      side={t('{count, plural, one {# event} other {# events}}', { count: rows.length })}
      actions={
        <>
          <Verify />
          <Select
            aria-label={t('Project')}
            placeholder={t('All projects')}
            clearable
            allowDeselect
            data={(projects.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={projectId}
            onChange={setProjectId}
          />
          <TextInput
            aria-label={t('Filter events')}
            placeholder={t('Filter')}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <Button variant="default" leftSection={<IconDownload size={14} />} onClick={save}>
            CSV
          </Button>
        </>
      }
      isFlush
    >
      <Loaded of={audit}>
        {() => (
          <DataTable
            label={t('Audit')}
            rows={rows}
            columns={COLUMNS}
            rowId={(row) => String(row.id)}
            height="calc(100vh - 210px)"
            isDense
            onEnd={() => audit.hasNextPage && !audit.isFetching && void audit.fetchNextPage()}
            foot={
              audit.hasNextPage && (
                <Button variant="default" onClick={() => void audit.fetchNextPage()}>
                  {t('Show more')}
                </Button>
              )
            }
            empty={<EmptyState title={t('No such event')} />}
          />
        )}
      </Loaded>
    </Panel>
  );
}

function Verify() {
  const verify = useMutation({ mutationFn: verifyAudit });
  return (
    <>
      <Failed error={verify.error} />
      {verify.data && (
        <span role="status">
          {verify.data.is_intact ? (
            <Chip
              tone="good"
              text={t('intact, {count, plural, one {# event} other {# events}} checked', {
                count: verify.data.checked_count,
              })}
            />
          ) : (
            <Chip
              tone="bad"
              text={t('broken at number {firstBadId}', {
                firstBadId: verify.data.first_bad_id ?? 0,
              })}
            />
          )}
        </span>
      )}
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={14} />}
        loading={verify.isPending}
        onClick={() => verify.mutate()}
      >
        {t('Check the chain')}
      </Button>
    </>
  );
}
