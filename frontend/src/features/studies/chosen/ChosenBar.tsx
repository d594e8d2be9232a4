/** What can be done with all chosen studies: delete, assign, put into a cohort. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useCan } from '../../../api/access';
import { addToCohort, type ChosenStudies, saveCohort } from '../../../api/cohorts';
import { deleteStudies, restoreStudies } from '../../../api/removal';
import { assign } from '../../../api/tasks';
import { useCommands } from '../../../commands/useCommands';
import { Failed } from '../../../ui/Loaded';
import { t } from '../../../words/t';
import styles from './Chosen.module.css';
import { AssignChosen, CollectChosen, DeleteChosen } from './steps';

interface Props {
  projectId: string;
  studies: ChosenStudies;
  count: number;
  onNone: () => void;
}

/** What was done last, and the studies that can be had back. */
interface Done {
  text: string;
  deletedIds?: string[];
}

export function ChosenBar({ projectId, studies, count, onNone }: Props) {
  const client = useQueryClient();
  const canAssign = useCan(projectId, 'manage_project');
  const [done, setDone] = useState<Done | null>(null);
  const finish = async (said: Done) => {
    setDone(said);
    onNone();
    await client.invalidateQueries({ queryKey: ['project', projectId] });
  };
  const act = useMutation({
    mutationFn: (step: () => Promise<Done>) => step(),
    onSuccess: finish,
  });
  // what was done before is old news once something else is chosen
  useEffect(() => {
    if (count > 0) setDone(null);
  }, [count]);
  const deleted = useRef<string[]>([]);
  deleted.current = done?.deletedIds ?? [];
  const commands = useMemo(
    () => [
      {
        id: 'studies.restore-deleted',
        title: t('Restore the studies that were just deleted'),
        section: t('Studies'),
        shortcut: 'mod+z',
        isEnabled: () => deleted.current.length > 0,
        run: () => act.mutate(() => restored(projectId, deleted.current)),
      },
    ],
    [projectId, act.mutate],
  );
  useCommands('studies.restoring', commands);
  if (count === 0 && done === null && !act.error) return null;
  return (
    <section className={styles.bar} aria-label={t('Chosen studies')}>
      {count > 0 && (
        <>
          <strong>{t('{count, plural, one {# study} other {# studies}} chosen', { count })}</strong>
          <DeleteChosen
            count={count}
            onDelete={(reason) =>
              act.mutate(async () => {
                const gone = (await deleteStudies(projectId, studies, reason)).study_ids;
                return {
                  text: t('{count, plural, one {# study} other {# studies}} deleted.', {
                    count: gone.length,
                  }),
                  deletedIds: gone,
                };
              })
            }
          />
          {canAssign && (
            <AssignChosen
              projectId={projectId}
              onAssign={(readerId) =>
                act.mutate(async () => {
                  const given = await assign(projectId, { reader_id: readerId, studies });
                  return {
                    text: t('{count, plural, one {# case} other {# cases}} assigned.', {
                      count: given.assigned_count,
                    }),
                  };
                })
              }
            />
          )}
          <CollectChosen
            projectId={projectId}
            onCollect={(name, cohortId) =>
              act.mutate(async () => {
                const cohort = cohortId
                  ? await addToCohort(cohortId, studies)
                  : await saveCohort(projectId, {
                      name,
                      filter: studies.filter ?? {},
                      freeze: true,
                      study_ids: studies.study_ids,
                    });
                return {
                  text: t(
                    'The cohort {name} has {count, plural, one {# study} other {# studies}}.',
                    { name: cohort.name, count: cohort.study_count ?? 0 },
                  ),
                };
              })
            }
          />
          <Button variant="subtle" size="compact-xs" onClick={onNone}>
            {t('Choose nothing')}
          </Button>
        </>
      )}
      {act.isPending && <span role="status">{t('Working …')}</span>}
      {count === 0 && done && !act.isPending && (
        <>
          <span role="status">{done.text}</span>
          {done.deletedIds && done.deletedIds.length > 0 && (
            <Button
              variant="default"
              size="compact-xs"
              onClick={() => act.mutate(() => restored(projectId, done.deletedIds ?? []))}
            >
              {t('Restore them')}
            </Button>
          )}
        </>
      )}
      <Failed error={act.error} />
    </section>
  );
}

async function restored(projectId: string, ids: string[]): Promise<Done> {
  const back = (await restoreStudies(projectId, ids)).study_ids;
  return {
    text: t('{count, plural, one {# study} other {# studies}} restored.', { count: back.length }),
  };
}
