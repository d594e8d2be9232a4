/** What was deleted, by whom and why: restore it, or have its images removed for good. */
import { Button, Group } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import {
  type DeletedStudy,
  deletedStudiesQuery,
  purgeStudy,
  REASONS,
  restoreStudies,
  restoreStudy,
} from '../../../api/removal';
import { type Column, DataTable } from '../../../ui/DataTable';
import { EmptyState } from '../../../ui/EmptyState';
import { formatCount, formatDay } from '../../../ui/format';
import { Failed, Loaded } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { RelativeTime } from '../../../ui/RelativeTime';
import { t } from '../../../words/t';
import { ChooseBox } from '../chosen/ChooseBox';
import { useChoosingKeys } from '../chosen/useChoosingKeys';
import { useChosen, useOrder } from '../chosen/useChosen';

export function DeletedStudies({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const studies = useInfiniteQuery(deletedStudiesQuery(projectId));
  const rows = useMemo(
    () => studies.data?.pages.flatMap((page) => page.items) ?? [],
    [studies.data],
  );
  const [armedId, setArmed] = useState<string | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ['project', projectId] });
  const restore = useMutation({ mutationFn: restoreStudy, onSuccess: refresh });
  const purge = useMutation({ mutationFn: purgeStudy, onSuccess: refresh });
  const [order, setOrder] = useOrder();
  const [currentId, setCurrent] = useState<string | null>(null);
  const back = rows.filter((row) => !row.purged_at).map((row) => row.id);
  const chosen = useChosen('deleted', order, true);
  const wanted = back.filter((id) => chosen.has(id));
  const restoreChosen = useMutation({
    mutationFn: () => restoreStudies(projectId, wanted),
    onSuccess: async () => {
      chosen.none();
      await refresh();
    },
  });
  useChoosingKeys({
    scope: 'deleted',
    section: t('Deleted studies'),
    order,
    currentId,
    onCurrent: setCurrent,
    chosen,
    isEnabled: true,
  });
  const box: Column<DeletedStudy> = {
    key: 'choose',
    title: '',
    width: 28,
    render: (row) =>
      !row.purged_at && <ChooseBox id={row.id} name={row.pseudonym} chosen={chosen} />,
  };
  const days = studies.data?.pages[0]?.restore_days;
  const actions: Column<DeletedStudy> = {
    key: 'actions',
    title: '',
    width: 250,
    render: (row) =>
      !row.purged_at && (
        <Group gap={4} wrap="nowrap">
          <Button variant="default" size="compact-xs" onClick={() => restore.mutate(row.id)}>
            {t('Restore')}
          </Button>
          {row.kept_by_datasets.length === 0 && (
            <Button
              variant={armedId === row.id ? 'filled' : 'default'}
              color={armedId === row.id ? 'red' : undefined}
              size="compact-xs"
              onBlur={() => setArmed(null)}
              onClick={() => (armedId === row.id ? purge.mutate(row.id) : setArmed(row.id))}
            >
              {armedId === row.id ? t('Press again: no way back') : t('Remove images now')}
            </Button>
          )}
        </Group>
      ),
  };
  return (
    <Panel
      title={t('Deleted studies')}
      side={
        days !== undefined &&
        t('restorable for {count, plural, one {# day} other {# days}}', { count: days })
      }
      actions={
        wanted.length > 0 && (
          <Button
            variant="default"
            size="compact-sm"
            loading={restoreChosen.isPending}
            onClick={() => restoreChosen.mutate()}
          >
            {t('Restore {count, plural, one {# study} other {# studies}}', {
              count: wanted.length,
            })}
          </Button>
        )
      }
      isFlush
    >
      <Failed error={restore.error ?? purge.error ?? restoreChosen.error} />
      <Loaded of={studies}>
        {() => (
          <DataTable
            label={t('Deleted studies')}
            rows={rows}
            columns={[box, ...COLUMNS, actions]}
            rowId={deletedId}
            activeId={currentId}
            onOrder={setOrder}
            height="calc(100vh - 230px)"
            onEnd={() => studies.hasNextPage && void studies.fetchNextPage()}
            foot={
              studies.hasNextPage && (
                <Button variant="default" onClick={() => void studies.fetchNextPage()}>
                  {t('Show more')}
                </Button>
              )
            }
            empty={
              <EmptyState
                title={t('Nothing was deleted')}
                text={t('A study that is deleted waits here and can be restored.')}
              />
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}

const deletedId = (row: DeletedStudy) => row.id;

/** What comes of the images: gone, kept by a frozen dataset, or going on a day. */
function fate(row: DeletedStudy): string {
  if (row.purged_at) return t('images removed');
  if (row.kept_by_datasets.length > 0)
    return t('kept by dataset {keptByDatasets}', {
      keptByDatasets: row.kept_by_datasets.join(', '),
    });
  return t('images go on {purgedAfter}', { purgedAfter: formatDay(row.purged_after) });
}

const COLUMNS: Column<DeletedStudy>[] = [
  {
    key: 'study',
    title: t('Study'),
    sortValue: (row) => row.pseudonym,
    render: (row) => <span title={row.pseudonym}>{row.pseudonym}</span>,
  },
  {
    key: 'modality',
    title: t('Modality'),
    width: 90,
    sortValue: (row) => row.modality,
    render: (row) => row.modality ?? '–',
  },
  {
    key: 'reads',
    title: t('Reads kept'),
    isNumber: true,
    width: 100,
    sortValue: (row) => row.read_count,
    render: (row) => formatCount(row.read_count),
  },
  {
    key: 'reason',
    title: t('Reason'),
    sortValue: (row) => row.deletion_reason,
    render: (row) => (row.deletion_reason ? REASONS[row.deletion_reason] : '–'),
  },
  {
    key: 'by',
    title: t('Deleted by'),
    sortValue: (row) => row.deleted_by_name,
    render: (row) => <span title={row.deleted_by_name ?? ''}>{row.deleted_by_name ?? '–'}</span>,
  },
  {
    key: 'at',
    title: t('When'),
    sortValue: (row) => row.deleted_at,
    render: (row) => <RelativeTime at={row.deleted_at} />,
  },
  {
    key: 'fate',
    title: t('What becomes of it'),
    render: (row) => <span title={fate(row)}>{fate(row)}</span>,
  },
];
