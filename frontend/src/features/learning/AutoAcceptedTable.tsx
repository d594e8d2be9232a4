/** The cases that a model answered, each of which can be given back to readers. */
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type AutoAcceptedCase, autoAcceptedQuery, giveBack } from '../../api/autoAccept';
import { labelSchemaQuery } from '../../api/projects';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { Thumbnail } from '../../ui/Thumbnail';
import { t } from '../../words/t';
import styles from './Learning.module.css';

export function AutoAcceptedTable({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const cases = useQuery(autoAcceptedQuery(projectId));
  const { data: schema } = useQuery(labelSchemaQuery(projectId));
  const give = useMutation({
    mutationFn: giveBack,
    onSuccess: () => client.invalidateQueries({ queryKey: ['project', projectId] }),
  });
  const nameOf = (key: string) => schema?.labels.find((label) => label.key === key)?.name ?? key;
  const columns: Column<AutoAcceptedCase>[] = [
    {
      key: 'picture',
      title: '',
      width: 48,
      render: (row) => <Thumbnail url={row.thumbnail_url} alt={row.pseudonym} size={28} />,
    },
    {
      key: 'case',
      title: t('Case'),
      sortValue: (row) => row.pseudonym,
      render: (row) => row.pseudonym,
    },
    {
      key: 'answer',
      title: t('Answer of the model'),
      sortValue: (row) => row.label_keys.join('+'),
      render: (row) => row.label_keys.map(nameOf).join(' + ') || t('none of the labels'),
    },
    {
      key: 'at',
      title: t('Since'),
      sortValue: (row) => row.accepted_at,
      render: (row) => <RelativeTime at={row.accepted_at} />,
    },
    {
      key: 'model',
      title: t('Model'),
      isNumber: true,
      render: (row) => (
        <span className={styles.hash} title={row.weights_sha256}>
          {row.model_number}
        </span>
      ),
    },
    {
      key: 'back',
      title: '',
      render: (row) => (
        <Button variant="default" size="compact-xs" onClick={() => give.mutate(row.task_id)}>
          {t('Give back to readers')}
        </Button>
      ),
    },
  ];
  return (
    <Panel title={t('Answered by the model')} side={t('model output, no labels')} isFlush>
      <Failed error={give.error} />
      <Loaded of={cases}>
        {(rows) => (
          <DataTable
            label={t('Answered by the model')}
            rows={rows}
            columns={columns}
            rowId={(row) => row.task_id}
            height="420px"
            empty={
              <EmptyState
                title={t('No case yet')}
                text={t('They appear here as soon as the model has looked at the open cases.')}
              />
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}
