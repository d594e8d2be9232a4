/** Submitted reads that wait for a second look, and those that had one. */
import { Button, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type ReviewRow, reviewsQuery } from '../../api/reviews';
import { Chip } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { Loaded } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { Thumbnail } from '../../ui/Thumbnail';
import styles from './Review.module.css';
import { VerdictPanel } from './VerdictPanel';

interface Props {
  projectId: string;
  projectName: string;
  onLook: (readId: string) => void;
}

const COLUMNS: Column<ReviewRow>[] = [
  {
    key: 'thumbnail',
    title: '',
    width: 40,
    render: (row) => <Thumbnail url={row.thumbnail_url} alt={row.pseudonym} />,
  },
  {
    key: 'study',
    title: 'Study',
    sortValue: (row) => row.pseudonym,
    render: (row) => row.pseudonym,
  },
  {
    key: 'reader',
    title: 'Reader',
    sortValue: (row) => row.reader_name,
    render: (row) => row.reader_name ?? 'hidden, blinded project',
  },
  {
    key: 'answer',
    title: 'Answer',
    sortValue: (row) => row.label_keys.join(', '),
    render: (row) => row.label_keys.join(', ') || '–',
  },
  {
    key: 'marks',
    title: 'Marks',
    isNumber: true,
    sortValue: (row) => row.mark_count,
    render: (row) => row.mark_count,
  },
  {
    key: 'at',
    title: 'Submitted',
    sortValue: (row) => row.submitted_at,
    render: (row) => <RelativeTime at={row.submitted_at} />,
  },
  {
    key: 'verdict',
    title: 'Verdict',
    sortValue: (row) => row.verdict,
    render: (row) =>
      row.verdict ? (
        <Chip
          tone={row.verdict === 'accepted' ? 'good' : 'warn'}
          text={row.verdict}
          title={row.comment || row.verdict}
        />
      ) : (
        '–'
      ),
  },
];

export function ReviewPage({ projectId, projectName, onLook }: Props) {
  const [state, setState] = useState<'waiting' | 'done'>('waiting');
  const [chosenId, setChosenId] = useState<string | null>(null);
  const reviews = useInfiniteQuery(reviewsQuery(projectId, state));
  const rows = useMemo(
    () => reviews.data?.pages.flatMap((page) => page.items) ?? [],
    [reviews.data],
  );
  const chosen = rows.find((row) => row.submission_id === chosenId) ?? rows[0] ?? null;
  return (
    <>
      <PageHeader title="Review" side={projectName} />
      <div className={styles.page}>
        <Panel
          title="Submitted reads"
          actions={
            <SegmentedControl
              aria-label="Waiting or done"
              value={state}
              onChange={(next) => setState(next as 'waiting' | 'done')}
              data={[
                { value: 'waiting', label: 'Waiting' },
                { value: 'done', label: 'Done' },
              ]}
            />
          }
          isFlush
        >
          <Loaded of={reviews}>
            {() => (
              <DataTable
                label="Submitted reads"
                rows={rows}
                columns={COLUMNS}
                rowId={(row) => row.submission_id}
                activeId={chosen?.submission_id}
                onOpen={(row) => setChosenId(row.submission_id)}
                height="calc(100vh - 180px)"
                foot={
                  reviews.hasNextPage && (
                    <Button variant="default" onClick={() => void reviews.fetchNextPage()}>
                      Show more
                    </Button>
                  )
                }
                empty={
                  <EmptyState
                    title={state === 'waiting' ? 'No read is waiting' : 'No verdict yet'}
                  />
                }
              />
            )}
          </Loaded>
        </Panel>
        {chosen && state === 'waiting' && (
          <VerdictPanel
            key={chosen.submission_id}
            projectId={projectId}
            row={chosen}
            onLook={() => onLook(chosen.read_id)}
          />
        )}
      </div>
    </>
  );
}
