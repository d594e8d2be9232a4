/** Images whose pixels may show who the patient is, and what was decided about them. */
import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type HeldImage, heldQuery, releaseHeld } from '../../../api/deidentification';
import { deleteFile } from '../../../api/studies';
import { type Column, DataTable } from '../../../ui/DataTable';
import { EmptyState } from '../../../ui/EmptyState';
import { baseName } from '../../../ui/format';
import { Failed, Loaded } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { RelativeTime } from '../../../ui/RelativeTime';
import { t } from '../../../words/t';
import { type Box, toNumbers } from './boxes';
import styles from './Held.module.css';
import { HeldPane } from './HeldPane';

export function HeldImages({ projectId }: { projectId: string }) {
  const [shown, setShown] = useState('waiting');
  return (
    <div>
      <SegmentedControl
        aria-label={t('Which images')}
        size="xs"
        mb="sm"
        data={[
          { value: 'waiting', label: t('Waiting for a look') },
          { value: 'decided', label: t('Record of decisions') },
        ]}
        value={shown}
        onChange={setShown}
      />
      {shown === 'waiting' ? <Waiting projectId={projectId} /> : <Decided projectId={projectId} />}
    </div>
  );
}

function useHeld(projectId: string, decided: boolean) {
  const query = useInfiniteQuery(heldQuery(projectId, decided));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const onEnd = () => query.hasNextPage && void query.fetchNextPage();
  return { query, rows, onEnd };
}

function Waiting({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const { query, rows, onEnd } = useHeld(projectId, false);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const index = Math.max(
    0,
    rows.findIndex((row) => row.id === chosenId),
  );
  const image = rows[index];
  const refresh = () => client.invalidateQueries({ queryKey: ['project', projectId, 'files'] });
  const release = useMutation({
    mutationFn: (body: { id: string; boxes: readonly Box[]; wholeSeries: boolean }) =>
      releaseHeld(body.id, {
        boxes: body.boxes.map(toNumbers),
        whole_series: body.wholeSeries,
      }),
    onSuccess: refresh,
  });
  const remove = useMutation({ mutationFn: deleteFile, onSuccess: refresh });
  const isBusy = release.isPending || remove.isPending;
  const go = (to: number) => setChosenId(rows[to]?.id ?? null);
  return (
    <Loaded of={query}>
      {() =>
        image === undefined ? (
          <EmptyState
            title={t('No image waits for a look')}
            text={t(
              'Ultrasound, angiography, captures and whatever seems to carry text stop here before anybody sees them.',
            )}
          />
        ) : (
          <div className={styles.page}>
            <Panel
              title={t('{count, plural, one {# image} other {# images}}', { count: rows.length })}
              isFlush
            >
              <DataTable
                label={t('Images waiting for a look')}
                rows={rows}
                columns={COLUMNS}
                rowId={(row) => row.id}
                activeId={image.id}
                onOpen={(row) => setChosenId(row.id)}
                height="calc(100vh - 260px)"
                onEnd={onEnd}
              />
            </Panel>
            <div>
              <Failed error={release.error ?? remove.error} />
              <HeldPane
                key={image.id}
                image={image}
                isBusy={isBusy}
                doings={{
                  release: (boxes, wholeSeries) => {
                    if (isBusy) return;
                    release.mutate({ id: image.id, boxes, wholeSeries });
                    go(index + 1);
                  },
                  remove: () => remove.mutate(image.file_id),
                  next: () => go(Math.min(index + 1, rows.length - 1)),
                  previous: () => go(Math.max(index - 1, 0)),
                }}
              />
            </div>
          </div>
        )
      }
    </Loaded>
  );
}

const COLUMNS: Column<HeldImage>[] = [
  {
    key: 'name',
    title: t('File'),
    render: (row) => (
      <span className={styles.name} title={row.file_name}>
        {baseName(row.file_name) || '–'}
      </span>
    ),
  },
  { key: 'modality', title: t('Kind'), width: 56, render: (row) => row.modality },
  {
    key: 'found',
    title: t('Text'),
    width: 56,
    isNumber: true,
    render: (row) => row.found_boxes.length,
  },
];

function Decided({ projectId }: { projectId: string }) {
  const { query, rows, onEnd } = useHeld(projectId, true);
  return (
    <Panel title={t('Record of decisions')} isFlush>
      <Loaded of={query}>
        {() => (
          <DataTable
            label={t('Record of decisions')}
            rows={rows}
            columns={RECORD}
            rowId={(row) => row.id}
            height="calc(100vh - 280px)"
            onEnd={onEnd}
            empty={<EmptyState title={t('Nothing has been decided yet')} />}
          />
        )}
      </Loaded>
    </Panel>
  );
}

const DECISIONS: Record<string, string> = {
  released: t('released // an image'),
  deleted: t('deleted'),
};

const RECORD: Column<HeldImage>[] = [
  {
    key: 'decision',
    title: t('Decision'),
    width: 110,
    render: (row) => DECISIONS[row.decision ?? ''] ?? '–',
  },
  { key: 'who', title: t('By'), render: (row) => row.decided_by_name ?? '–' },
  {
    key: 'when',
    title: t('When'),
    render: (row) => (row.decided_at ? <RelativeTime at={row.decided_at} /> : '–'),
  },
  { key: 'modality', title: t('Kind'), width: 70, render: (row) => row.modality },
  {
    key: 'boxes',
    title: t('Blacked out (x, y, width, height in pixels)'),
    render: (row) =>
      row.boxes?.map((box) => box.join(', ')).join(' · ') || (row.boxes ? t('nothing') : '–'),
  },
];
