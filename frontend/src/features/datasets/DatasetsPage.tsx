/** Frozen dataset versions as a timeline, and the panel that freezes a new one. */
import { useQuery } from '@tanstack/react-query';
import { useCan } from '../../api/access';
import { datasetsQuery } from '../../api/datasets';
import { labelSchemaQuery } from '../../api/projects';
import { EmptyState } from '../../ui/EmptyState';
import { Loaded } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { t } from '../../words/t';
import { DatasetCard } from './DatasetCard';
import styles from './Datasets.module.css';
import { FreezePanel } from './FreezePanel';

interface Props {
  projectId: string;
  projectName: string;
}

export function DatasetsPage({ projectId, projectName }: Props) {
  const datasets = useQuery(datasetsQuery(projectId));
  const schema = useQuery(labelSchemaQuery(projectId));
  const canManage = useCan(projectId, 'manage_datasets');
  const names = new Map(schema.data?.labels.map((label) => [label.key, label.name]));
  return (
    <>
      <PageHeader title={t('Datasets')} side={projectName} />
      <div className={styles.page}>
        <Loaded of={datasets}>
          {(items) =>
            items.length === 0 ? (
              <EmptyState
                title={t('Nothing was frozen yet')}
                text={t(
                  'A version keeps the exact reads, the split by patient, and a manifest with every hash. It never changes afterwards.',
                )}
              />
            ) : (
              <ol className={styles.timeline}>
                {items.map((dataset) => (
                  <li key={dataset.id}>
                    <DatasetCard
                      projectId={projectId}
                      dataset={dataset}
                      names={names}
                      canManage={canManage}
                    />
                  </li>
                ))}
              </ol>
            )
          }
        </Loaded>
        {canManage && <FreezePanel projectId={projectId} names={names} />}
      </div>
    </>
  );
}
