/** Freezes what is accepted now; the counts are live while the shares are chosen. */
import { Button, Checkbox, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSnowflake } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { cohortsQuery } from '../../api/cohorts';
import { datasetPreviewQuery, freezeDataset } from '../../api/datasets';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';
import { CountTable } from './CountTable';
import styles from './Datasets.module.css';
import { FIRST_SPLIT, SPLITS, toShares, withShare } from './splitShares';

interface Props {
  projectId: string;
  names: ReadonlyMap<string, string>;
}

const TYPING_MS = 300;

export function FreezePanel({ projectId, names }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [cohortId, setCohortId] = useState<string | null>(null);
  const cohorts = useQuery(cohortsQuery(projectId)).data ?? [];
  const [split, setSplit] = useState(FIRST_SPLIT);
  const [includesExcluded, setIncludesExcluded] = useState(false);
  const [includesAnswered, setIncludesAnswered] = useState(false);
  const [settled] = useDebouncedValue(split, TYPING_MS);
  const preview = useQuery({
    ...datasetPreviewQuery(
      projectId,
      toShares(settled),
      includesExcluded,
      includesAnswered,
      cohortId,
    ),
    placeholderData: keepPreviousData,
  });
  const freeze = useMutation({
    mutationFn: () =>
      freezeDataset(projectId, {
        name: name.trim(),
        note: note.trim(),
        split_shares: toShares(split),
        includes_excluded: includesExcluded,
        includes_auto_accepted: includesAnswered,
        cohort_id: cohortId,
      }),
    onSuccess: async () => {
      setName('');
      setNote('');
      await client.invalidateQueries({ queryKey: ['project', projectId, 'datasets'] });
    },
  });
  const isEmpty = (preview.data?.studies ?? 0) === 0;
  return (
    <Panel title={t('Freeze a version')} side={t('split by patient')}>
      <Stack gap="md">
        <TextInput
          label={t('Name')}
          maxLength={120}
          placeholder={t('for instance 2026-11 first release')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label={t('Note')}
          autosize
          minRows={2}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {cohorts.length > 0 && (
          <Select
            label={t('Studies')}
            placeholder={t('All of the project')}
            clearable
            data={cohorts.map((cohort) => ({
              value: cohort.id,
              label: t('Cohort {name}', { name: cohort.name }),
            }))}
            value={cohortId}
            onChange={setCohortId}
          />
        )}
        <div className={styles.shares}>
          {SPLITS.map((one) => (
            <NumberInput
              key={one}
              label={one}
              suffix=" %"
              min={0}
              max={100}
              value={split[one]}
              onChange={(percent) => setSplit(withShare(split, one, Number(percent) || 0))}
            />
          ))}
        </div>
        <Checkbox
          label={t('Include excluded cases')}
          description={t('They carry the reason and no answer is required of them.')}
          checked={includesExcluded}
          onChange={(event) => setIncludesExcluded(event.currentTarget.checked)}
        />
        <Checkbox
          label={t('Include cases answered by the model')}
          description={t(
            'Model output, not labels: of patients to train on only, and every row says auto-accepted.',
          )}
          checked={includesAnswered}
          onChange={(event) => setIncludesAnswered(event.currentTarget.checked)}
        />
        <Loaded of={preview} rows={4}>
          {(counts) =>
            counts.studies === 0 ? (
              <span className={styles.muted}>
                {t(
                  'No read can be frozen yet: it counts once it is submitted, and accepted where the project asks for a review.',
                )}
              </span>
            ) : (
              <>
                <span className={styles.muted}>
                  {t(
                    '{count, plural, one {# study} other {# studies}} of {patients, plural, one {# patient} other {# patients}}, no patient in two splits. Patients held out stay in test.',
                    { count: counts.studies, patients: counts.patients },
                  )}
                </span>
                {includesAnswered && (
                  <span className={styles.muted}>
                    {t(
                      'Beside these, {count, plural, one {# case} other {# cases}} answered by the model.',
                      { count: counts.auto_accepted ?? 0 },
                    )}
                  </span>
                )}
                <CountTable counts={counts} names={names} />
              </>
            )
          }
        </Loaded>
        <Failed error={freeze.error} />
        <Button
          leftSection={<IconSnowflake size={14} />}
          disabled={isEmpty || name.trim() === ''}
          loading={freeze.isPending}
          onClick={() => freeze.mutate()}
        >
          {t('Freeze')}
        </Button>
      </Stack>
    </Panel>
  );
}
