/** What looks like the place that was pointed at: a small worklist of the best matches. */
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useCan } from '../../api/access';
import {
  claimTask,
  type Hunt,
  type HuntMatch,
  huntQuery,
  huntsQuery,
  putFirst,
} from '../../api/hunts';
import { CommandKey } from '../../commands/CommandKey';
import { useCommands } from '../../commands/useCommands';
import { EmptyState } from '../../ui/EmptyState';
import { Failed, Loaded } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { Panel } from '../../ui/Panel';
import { ProgressRow } from '../../ui/ProgressRow';
import { t } from '../../words/t';
import { HuntList } from './HuntList';
import styles from './Hunts.module.css';
import { huntCommands, movable } from './huntCommands';
import { MatchCard } from './MatchCard';
import { Wanted } from './Wanted';

const BEST = 10;

interface Props {
  readonly projectId: string;
  readonly projectName: string;
  /** Null shows the list of hunts alone. */
  readonly huntId: string | null;
  readonly onRead: (readId: string) => void;
  readonly onHunt: (huntId: string) => void;
}

export function HuntPage({ projectId, projectName, huntId, onRead, onHunt }: Props) {
  return (
    <>
      <PageHeader title={t('Places that look alike')} side={projectName} />
      <div className={styles.page}>
        <div className={styles.main}>
          {huntId ? (
            <OneHunt key={huntId} projectId={projectId} huntId={huntId} onRead={onRead} />
          ) : (
            <EmptyState
              title={t('Point at a place to find its like')}
              text={t(
                'In the reading room, put the pointer on a finding and press Alt+F; or click on the picture of a study.',
              )}
            />
          )}
        </div>
        <HuntList projectId={projectId} huntId={huntId} onHunt={onHunt} />
      </div>
    </>
  );
}

type OneHuntProps = Pick<Props, 'projectId' | 'onRead'> & { readonly huntId: string };

function OneHunt({ projectId, huntId, onRead }: OneHuntProps) {
  const hunt = useQuery(huntQuery(huntId));
  return (
    <Loaded of={hunt} rows={10}>
      {(data) => (
        <>
          <Wanted hunt={data} />
          {data.is_over ? (
            <Matches projectId={projectId} hunt={data} onRead={onRead} />
          ) : (
            <ProgressRow title={t('Looking for places that look alike')} share={data.progress} />
          )}
        </>
      )}
    </Loaded>
  );
}

function Matches({
  projectId,
  hunt,
  onRead,
}: Pick<Props, 'projectId' | 'onRead'> & { hunt: Hunt }) {
  const client = useQueryClient();
  const canRead = useCan(projectId, 'read_cases');
  const canOrder = useCan(projectId, 'manage_project');
  const [active, mark] = useState(0);
  const again = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: huntQuery(hunt.id).queryKey }),
      client.invalidateQueries({ queryKey: huntsQuery(projectId).queryKey }),
    ]);
  const reading = useMutation({
    mutationFn: (match: HuntMatch) => claimTask(match.task_id),
    onSuccess: onRead,
    onError: again,
  });
  const ordering = useMutation({
    mutationFn: (matches: readonly HuntMatch[]) =>
      putFirst(
        projectId,
        matches.map(({ task_id }) => task_id),
      ),
    onSettled: again,
  });
  const { mutate: read } = reading;
  const { mutate: first } = ordering;
  const matches = hunt.items;
  const commands = useMemo(
    () => huntCommands({ matches, active, canRead, canOrder, mark, read, first }),
    [matches, active, canRead, canOrder, read, first],
  );
  useCommands('hunt', commands);
  const best = movable(matches).slice(0, BEST);
  if (matches.length === 0)
    return (
      <EmptyState
        title={hunt.error || t('Nothing was found')}
        text={t('No case of the pool waits to be read.')}
      />
    );
  return (
    <Panel
      title={t('Best matches')}
      side={t('of {count, plural, one {# case} other {# cases}} waiting to be read', {
        count: hunt.pool_count,
      })}
      actions={
        canOrder && (
          <Button
            variant="default"
            size="xs"
            disabled={best.length === 0 || ordering.isPending}
            onClick={() => first(best)}
          >
            {t('{count, plural, one {Put the best one} other {Put the best #}} at the front', {
              count: best.length,
            })}
          </Button>
        )
      }
    >
      <Failed error={reading.error ?? ordering.error} />
      <p className={styles.note}>
        {canRead && <CommandKey id="hunt.read" />} {canOrder && <CommandKey id="hunt.first" />}{' '}
        {t('Likeness 100 % is the very same place. It says nothing of a diagnosis.')}
      </p>
      <div className={styles.matches}>
        {matches.map((match, index) => (
          <MatchCard
            key={match.task_id}
            match={match}
            isActive={index === active}
            onMark={() => mark(index)}
            onRead={canRead && match.is_open ? () => read(match) : null}
            onFirst={canOrder && movable([match]).length > 0 ? () => first([match]) : null}
          />
        ))}
      </div>
    </Panel>
  );
}
