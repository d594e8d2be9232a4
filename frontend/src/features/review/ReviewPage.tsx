/** Submitted reads that wait for a second look, and those that had one. */
import { Button, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { labelSchemaQuery } from '../../api/projects';
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

const columnsWith = (said: (row: ReviewRow) => string): Column<ReviewRow>[] => [
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
    render: (row) => row.reader_name ?? <span title="This project is blinded">hidden</span>,
  },
  {
    key: 'answer',
    title: 'Answer',
    sortValue: said,
    render: said,
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
  const said = useAnswerText(projectId);
  const columns = useMemo(() => columnsWith(said), [said]);
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
                columns={columns}
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
            answer={said(chosen)}
            onLook={() => onLook(chosen.read_id)}
          />
        )}
      </div>
    </>
  );
}

/** An answer in the names of its labels, as the reader saw them. */
function useAnswerText(projectId: string) {
  const { data } = useQuery(labelSchemaQuery(projectId));
  return useCallback(
    ({ label_keys }: ReviewRow) => {
      const nameOf = (key: string) => data?.labels.find((label) => label.key === key)?.name ?? key;
      return label_keys.map(nameOf).join(', ') || '–';
    },
    [data],
  );
}
