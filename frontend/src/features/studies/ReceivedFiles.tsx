/** What became of every file: in use, not usable and why, sent twice. */
import { Button, Chip as FilterChip, Group } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import {
  deleteFile,
  type FileState,
  filesQuery,
  type ReceivedFile,
  releaseFile,
  retryFile,
} from '../../api/studies';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { baseName, formatBytes, formatCount, spoken } from '../../ui/format';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { t, told } from '../../words/t';
import styles from './Studies.module.css';

const STATES: FileState[] = [
  'quarantined',
  'held',
  'conflict',
  'received',
  'accepted',
  'duplicate',
  'unpacked',
  'refused',
];

const EMPTY: Record<string, string> = {
  quarantined: t('Every file that came in could be used'),
  held: t('No image waits for a look at its pixels'),
  conflict: t('No file disagrees with one that is already here'),
  received: t('No file is waiting'),
};

interface Props {
  projectId: string;
  canManage: boolean;
}

export function ReceivedFiles({ projectId, canManage }: Props) {
  const client = useQueryClient();
  const [state, setState] = useState<FileState>('quarantined');
  const [chosenId, setChosenId] = useState<string | null>(null);
  const files = useInfiniteQuery(filesQuery(projectId, state));
  const rows = useMemo(() => files.data?.pages.flatMap((page) => page.items) ?? [], [files.data]);
  const chosen = rows.find((row) => row.id === chosenId) ?? rows[0];
  const counts: Partial<Record<FileState, number>> = files.data?.pages[0]?.counts ?? {};
  const refresh = () => client.invalidateQueries({ queryKey: ['project', projectId, 'files'] });
  const retry = useMutation({ mutationFn: retryFile, onSuccess: refresh });
  const remove = useMutation({ mutationFn: deleteFile, onSuccess: refresh });
  const release = useMutation({ mutationFn: releaseFile, onSuccess: refresh });
  const canAct = canManage && (state === 'quarantined' || state === 'conflict');
  const columns = columnsWith(canAct, {
    retry: retry.mutate,
    release: release.mutate,
    remove: remove.mutate,
  });
  return (
    <Panel
      title={t('Received files')}
      actions={
        <FilterChip.Group value={state} onChange={(next) => setState(next as FileState)}>
          <Group gap={6}>
            {STATES.map((one) => (
              <FilterChip key={one} value={one} size="xs" variant="outline">
                {spoken(one)} {formatCount(counts[one] ?? 0)}
              </FilterChip>
            ))}
          </Group>
        </FilterChip.Group>
      }
      isFlush
    >
      <Failed error={retry.error ?? release.error ?? remove.error} />
      <Loaded of={files}>
        {() => (
          <DataTable
            label={t('Received files')}
            rows={rows}
            columns={columns}
            rowId={(row) => row.id}
            activeId={chosen?.id}
            onOpen={(row) => setChosenId(row.id)}
            height="calc(100vh - 330px)"
            onEnd={() => files.hasNextPage && void files.fetchNextPage()}
            foot={
              files.hasNextPage && (
                <Button variant="default" onClick={() => void files.fetchNextPage()}>
                  {t('Show more')}
                </Button>
              )
            }
            empty={<EmptyState title={EMPTY[state] ?? t('No file is in this state')} />}
          />
        )}
      </Loaded>
      {chosen?.text && <About file={chosen} />}
    </Panel>
  );
}

/** The whole name and the whole reason of one file. */
function About({ file }: { file: ReceivedFile }) {
  return (
    <section className={styles.about} aria-label={t('About this file')}>
      <strong>{file.file_name || t('A file whose name is forgotten')}</strong>
      <span>{told(file.text ?? '')}</span>
    </section>
  );
}

type Act = (fileId: string) => void;

function columnsWith(
  canAct: boolean,
  { retry, release, remove }: Record<'retry' | 'release' | 'remove', Act>,
): Column<ReceivedFile>[] {
  const columns: Column<ReceivedFile>[] = [
    {
      key: 'name',
      title: t('File'),
      sortValue: (row) => row.file_name,
      render: (row) => <span title={row.file_name}>{baseName(row.file_name) || '–'}</span>,
    },
    {
      key: 'reason',
      title: t('Reason'),
      sortValue: (row) => row.code,
      render: (row) => <span title={told(row.text ?? '')}>{told(row.text ?? '–')}</span>,
    },
    {
      key: 'code',
      title: t('Code'),
      sortValue: (row) => row.code,
      render: (row) => row.code ?? '–',
    },
    {
      key: 'size',
      title: t('Size'),
      isNumber: true,
      sortValue: (row) => row.byte_count,
      render: (row) => formatBytes(row.byte_count),
    },
    {
      key: 'at',
      title: t('Came in'),
      sortValue: (row) => row.created_at,
      render: (row) => <RelativeTime at={row.created_at} />,
    },
  ];
  if (!canAct) return columns;
  const actions: Column<ReceivedFile> = {
    key: 'actions',
    title: '',
    width: 210,
    render: (row) => (
      <Group gap={4} wrap="nowrap">
        <Button variant="default" size="compact-xs" onClick={() => retry(row.id)}>
          {t('Try again')}
        </Button>
        {row.can_release && (
          <Button
            variant="default"
            size="compact-xs"
            title={
              row.state === 'conflict'
                ? t('Let it in beside the other image, with an identity of its own')
                : t('I have looked: let this file in')
            }
            onClick={() => release(row.id)}
          >
            {row.state === 'conflict' ? t('Keep both') : t('Release')}
          </Button>
        )}
        <Button variant="default" size="compact-xs" onClick={() => remove(row.id)}>
          {t('Delete')}
        </Button>
      </Group>
    ),
  };
  return [...columns, actions];
}
