/** One frozen version: counts, proof, exports. */
import { Button } from '@mantine/core';
import { IconDownload, IconFileExport, IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  type DatasetVersion,
  type ExportFormat,
  manifestUrl,
  startExport,
  verifyDataset,
} from '../../api/datasets';
import { Chip } from '../../ui/Chip';
import { Failed } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { rich, t } from '../../words/t';
import { CountTable } from './CountTable';
import styles from './Datasets.module.css';
import { ExportRow } from './ExportRow';

const FORMATS: [ExportFormat, string][] = [
  ['csv', 'CSV'],
  ['coco', t('COCO with images')],
  ['coco-maps', t('COCO with images and heat maps')],
];

interface Props {
  projectId: string;
  dataset: DatasetVersion;
  names: ReadonlyMap<string, string>;
  canManage: boolean;
}

export function DatasetCard({ projectId, dataset, names, canManage }: Props) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['project', projectId, 'datasets'] });
  const make = useMutation({
    mutationFn: (format: ExportFormat) => startExport(dataset.id, format),
    onSuccess: refresh,
  });
  const { counts } = dataset;
  return (
    <Panel
      title={dataset.name}
      side={rich('frozen {relativeTime} by {frozenByName}', {
        relativeTime: <RelativeTime at={dataset.created_at} />,
        frozenByName: dataset.frozen_by_name || t('a former user'),
      })}
    >
      {dataset.note && <p className={styles.note}>{dataset.note}</p>}
      <p className={styles.muted}>
        {rich(
          '{count, plural, one {# study} other {# studies}} of {patients, plural, one {# patient} other {# patients}}, {reads, plural, one {# read} other {# reads}}. Manifest <span>{manifestSha256}</span>',
          {
            count: counts.studies,
            patients: counts.patients,
            reads: counts.reads,
            span: (parts) => <span className={styles.hash}>{parts}</span>,
            manifestSha256: dataset.manifest_sha256,
          },
        )}
      </p>
      {(counts.auto_accepted ?? 0) > 0 && (
        <p className={styles.muted}>
          {t('Beside these, {count, plural, one {# case} other {# cases}} answered by the model.', {
            count: counts.auto_accepted ?? 0,
          })}
        </p>
      )}
      {dataset.erased_count > 0 && (
        <p className={styles.muted}>
          {t(
            '{count, plural, one {# entry was} other {# entries were}} erased since with a patient; the counts are those of the day it was frozen.',
            { count: dataset.erased_count },
          )}
        </p>
      )}
      <CountTable counts={counts} names={names} />
      <div className={styles.exports}>
        {dataset.exports.map((made) => (
          <ExportRow key={made.id} made={made} name={dataset.name} />
        ))}
      </div>
      <Failed error={make.error} />
      <div className={styles.row} style={{ marginTop: 12 }}>
        {canManage &&
          FORMATS.map(([format, title]) => (
            <Button
              key={format}
              variant="default"
              leftSection={<IconFileExport size={14} />}
              loading={make.isPending && make.variables === format}
              onClick={() => make.mutate(format)}
            >
              {t('Export {title}', { title })}
            </Button>
          ))}
        <Button
          component="a"
          variant="default"
          href={manifestUrl(dataset.id)}
          download={`${dataset.name}-manifest.json`}
          leftSection={<IconDownload size={14} />}
        >
          {t('Manifest')}
        </Button>
        {canManage && <Verify datasetId={dataset.id} />}
      </div>
    </Panel>
  );
}

function Verify({ datasetId }: { datasetId: string }) {
  const verify = useMutation({ mutationFn: () => verifyDataset(datasetId) });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={14} />}
        loading={verify.isPending}
        onClick={() => verify.mutate()}
      >
        {t('Verify')}
      </Button>
      {verify.data && (
        <span role="status">
          {verify.data.is_intact ? (
            <Chip
              tone="good"
              text={t('intact, {count, plural, one {# entry} other {# entries}} checked', {
                count: verify.data.checked_count,
              })}
            />
          ) : (
            <Chip
              tone="bad"
              text={t('{count, plural, one {# entry differs} other {# entries differ}}', {
                count: verify.data.problems.length,
              })}
              title={verify.data.problems.map((problem) => problem.text).join('\n')}
            />
          )}
        </span>
      )}
      <Failed error={verify.error} />
    </>
  );
}
