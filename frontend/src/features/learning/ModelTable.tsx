/** Every model version, what it was made of, and which one is in use. */
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ModelVersion, modelsQuery, promoteModel } from '../../api/learning';
import { Chip } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatCount, formatInterval, formatScore } from '../../ui/format';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { t } from '../../words/t';
import styles from './Learning.module.css';
import { dropWords, mapCheckWords } from './modelWords';

interface Props {
  projectId: string;
  canManage: boolean;
}

export function ModelTable({ projectId, canManage }: Props) {
  const client = useQueryClient();
  const models = useQuery(modelsQuery(projectId));
  const promote = useMutation({
    mutationFn: promoteModel,
    onSuccess: () => client.invalidateQueries({ queryKey: ['project', projectId, 'learning'] }),
  });
  return (
    <Panel title={t('Model versions')} side={t('promoting an older one rolls back')} isFlush>
      <Failed error={promote.error} />
      <Loaded of={models}>
        {(rows) => (
          <DataTable
            label={t('Model versions')}
            rows={rows}
            columns={columnsWith(canManage, promote.mutate)}
            rowId={(row) => row.id}
            height="calc(100vh - 380px)"
            empty={
              <EmptyState
                title={t('No model yet')}
                text={t('The first round makes the first one.')}
              />
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}

function modelState(row: ModelVersion) {
  if (row.is_promoted) return <Chip tone="good" text={t('in use')} />;
  if (row.held_back.length === 0) return <Chip text={t('kept')} />;
  return (
    <span className={styles.heldBack} title={row.held_back.map(dropWords).join('\n')}>
      <Chip tone="warn" text={t('held back')} /> {row.held_back.slice(0, 1).map(dropWords)}
      {row.held_back.length > 1 && t(', {count} more', { count: row.held_back.length - 1 })}
    </span>
  );
}

/** Whether the model's heat maps change when its weights are drawn anew. */
function mapCheck({ map_check: check }: ModelVersion) {
  if (!check?.head) return '–';
  return (
    <span className={styles.heldBack} title={mapCheckWords(check)}>
      <Chip
        tone={check.follows_weights ? 'good' : 'warn'}
        text={check.follows_weights ? t('follow the weights') : t('show the image, not the model')}
      />
      {formatScore(check.head.mean)}
    </span>
  );
}

function hash(sha256: string) {
  return (
    <span className={styles.hash} title={sha256}>
      {sha256.slice(0, 12)}
    </span>
  );
}

function columnsWith(canManage: boolean, promote: (id: string) => void): Column<ModelVersion>[] {
  return [
    {
      key: 'number',
      title: t('No.'),
      isNumber: true,
      sortValue: (row) => row.number,
      render: (row) => row.number,
    },
    {
      key: 'use',
      title: t('State'),
      sortValue: (row) => row.is_promoted,
      render: modelState,
    },
    {
      key: 'at',
      title: t('Made'),
      sortValue: (row) => row.created_at,
      render: (row) => <RelativeTime at={row.created_at} />,
    },
    {
      key: 'labels',
      title: t('Labels'),
      isNumber: true,
      sortValue: (row) => row.label_count,
      render: (row) => formatCount(row.label_count),
    },
    {
      key: 'score',
      title: t('Score'),
      isNumber: true,
      sortValue: (row) => row.score,
      render: (row) => formatScore(row.score),
    },
    {
      key: 'interval',
      title: t('95 % interval'),
      render: (row) => formatInterval(row.low, row.high),
    },
    { key: 'maps', title: t('Heat maps'), render: mapCheck },
    { key: 'seed', title: t('Seed'), isNumber: true, render: (row) => row.seed },
    { key: 'code', title: t('Code'), render: (row) => row.code_version },
    { key: 'weights', title: t('Weights'), render: (row) => hash(row.weights_sha256) },
    { key: 'manifest', title: t('Made of'), render: (row) => hash(row.manifest_sha256) },
    {
      key: 'promote',
      title: '',
      render: (row) =>
        canManage &&
        !row.is_promoted && (
          <Button variant="default" size="compact-xs" onClick={() => promote(row.id)}>
            {t('Use this one')}
          </Button>
        ),
    },
  ];
}
