/** Every job of the installation. */
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { allJobsQuery, cancelJob, isLive, type Job, retryJob } from '../../api/jobs';
import { Chip, type Tone } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatShare } from '../../ui/format';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { t, told } from '../../words/t';

const STATE_WORDS: Record<string, string> = {
  queued: t('queued'),
  running: t('running'),
  done: t('done'),
  failed: t('failed'),
  cancelled: t('cancelled'),
};

const TONES: Record<string, Tone> = { running: 'accent', done: 'good', failed: 'bad' };

export function AllJobs() {
  const client = useQueryClient();
  const jobs = useQuery(allJobsQuery);
  const onSuccess = () => client.invalidateQueries({ queryKey: allJobsQuery.queryKey });
  const cancel = useMutation({ mutationFn: cancelJob, onSuccess });
  const retry = useMutation({ mutationFn: retryJob, onSuccess });
  return (
    <Panel title={t('Jobs')} isFlush>
      <Failed error={cancel.error ?? retry.error} />
      <Loaded of={jobs}>
        {(rows) => (
          <DataTable
            label={t('Jobs')}
            rows={rows}
            columns={columnsWith(cancel.mutate, retry.mutate)}
            rowId={(row) => row.id}
            height="calc(100vh - 210px)"
            empty={<EmptyState title={t('No job has run yet')} />}
          />
        )}
      </Loaded>
    </Panel>
  );
}

function columnsWith(cancel: (id: string) => void, retry: (id: string) => void): Column<Job>[] {
  return [
    {
      key: 'title',
      title: t('Job'),
      sortValue: (row) => told(row.title),
      render: (row) => <span title={told(row.title)}>{told(row.title)}</span>,
    },
    {
      key: 'state',
      title: t('State'),
      sortValue: (row) => row.state,
      render: (row) => (
        <Chip text={STATE_WORDS[row.state] ?? row.state} tone={TONES[row.state] ?? 'plain'} />
      ),
    },
    {
      key: 'progress',
      title: t('Progress'),
      isNumber: true,
      render: (row) => formatShare(row.progress),
    },
    { key: 'attempt', title: t('Attempt'), isNumber: true, render: (row) => row.attempt },
    {
      key: 'message',
      title: t('Says'),
      render: (row) => (
        <span title={told(row.error || row.message)}>{told(row.error || row.message || '–')}</span>
      ),
    },
    {
      key: 'created',
      title: t('Asked for'),
      sortValue: (row) => row.created_at,
      render: (row) => <RelativeTime at={row.created_at} />,
    },
    {
      key: 'finished',
      title: t('Finished'),
      sortValue: (row) => row.finished_at,
      render: (row) => <RelativeTime at={row.finished_at} />,
    },
    {
      key: 'action',
      title: '',
      width: 90,
      render: (row) => {
        if (isLive(row)) {
          return (
            <Button variant="default" size="compact-xs" onClick={() => cancel(row.id)}>
              {t('Cancel')}
            </Button>
          );
        }
        return (
          row.error && (
            <Button variant="default" size="compact-xs" onClick={() => retry(row.id)}>
              {t('Try again')}
            </Button>
          )
        );
      },
    },
  ];
}
