/** The machines' work in this project: what is under way, what failed lately. */
import { Button, Group, Indicator, Popover } from '@mantine/core';
import { IconCpu } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { cancelJob, isLive, type Job, jobsQuery, retryJob } from '../../api/jobs';
import { ProgressRow } from '../../ui/ProgressRow';
import { RelativeTime } from '../../ui/RelativeTime';
import { t, told } from '../../words/t';
import styles from './Frame.module.css';

const SHOWN_DONE = 5;

export function JobsTray({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const { data: jobs = [] } = useQuery(jobsQuery(projectId));
  const refresh = () => client.invalidateQueries({ queryKey: ['project', projectId, 'jobs'] });
  const cancel = useMutation({ mutationFn: cancelJob, onSuccess: refresh });
  const retry = useMutation({ mutationFn: retryJob, onSuccess: refresh });
  const live = jobs.filter(isLive);
  const done = jobs.filter((job) => !isLive(job)).slice(0, SHOWN_DONE);
  const title =
    live.length > 0
      ? t('{count, plural, one {# job} other {# jobs}}', { count: live.length })
      : t('Jobs');
  return (
    <Popover position="bottom-end" shadow="none">
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={
            <Indicator disabled={live.length === 0} size={6} color="accent">
              <IconCpu size={18} aria-hidden="true" />
            </Indicator>
          }
        >
          {title}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.jobs}>
          <h2 className={styles.jobsTitle}>{t('Under way')}</h2>
          {live.length === 0 && <span className={styles.quiet}>{t('Nothing at the moment')}</span>}
          {live.map((job) => (
            <div key={job.id}>
              <ProgressRow
                title={told(job.title)}
                share={job.progress}
                message={told(job.message)}
              />
              <Button variant="subtle" size="compact-xs" onClick={() => cancel.mutate(job.id)}>
                {t('Cancel')}
              </Button>
            </div>
          ))}
          {done.length > 0 && <h2 className={styles.jobsTitle}>{t('Lately')}</h2>}
          {done.map((job) => (
            <FinishedJob key={job.id} job={job} onRetry={() => retry.mutate(job.id)} />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function FinishedJob({ job, onRetry }: { job: Job; onRetry: () => void }) {
  const hasFailed = job.error !== '';
  return (
    <div>
      <ProgressRow
        title={told(job.title)}
        share={hasFailed ? job.progress : 1}
        tone={hasFailed ? 'bad' : 'good'}
        message={told(job.error || job.message)}
        side={
          <Group gap={6}>
            {hasFailed ? t('failed') : t('done')} <RelativeTime at={job.finished_at} />
          </Group>
        }
      />
      {hasFailed && (
        <Button variant="subtle" size="compact-xs" onClick={onRetry}>
          {t('Try again')}
        </Button>
      )}
    </div>
  );
}
