/** How far each file is, and what became of it. */
import { Button, Group } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { Chip, type Tone } from '../../../ui/Chip';
import { type Column, DataTable } from '../../../ui/DataTable';
import { formatBytes, formatShare } from '../../../ui/format';
import { Panel } from '../../../ui/Panel';
import { ProgressRow } from '../../../ui/ProgressRow';
import { t } from '../../../words/t';
import styles from '../Studies.module.css';
import { isUnderWay, sumOf, type Upload, type UploadState } from './upload';
import { useUploads } from './uploadStore';

const WORDS: Record<UploadState, [word: string, tone: Tone]> = {
  waiting: [t('waiting'), 'plain'],
  sending: [t('sending'), 'accent'],
  sent: [t('received'), 'good'],
  known: [t('already here'), 'good'],
  failed: [t('failed'), 'bad'],
  cancelled: [t('cancelled'), 'warn'],
};

const COLUMNS: Column<Upload>[] = [
  { key: 'name', title: t('File'), render: (row) => <span title={row.name}>{row.name}</span> },
  {
    key: 'size',
    title: t('Size'),
    width: 90,
    isNumber: true,
    render: (row) => formatBytes(row.file.size),
  },
  {
    key: 'share',
    title: t('Sent'),
    width: 70,
    isNumber: true,
    render: (row) => formatShare(row.share),
  },
  {
    key: 'state',
    title: t('State'),
    width: 140,
    sortValue: (row) => row.state,
    render: (row) => <Chip text={WORDS[row.state][0]} tone={WORDS[row.state][1]} />,
  },
  { key: 'text', title: '', render: (row) => <span title={row.text}>{row.text}</span> },
];

export function UploadPanel({ projectId }: { projectId: string }) {
  const { uploads, leftOutCount, cancel, clear, retryFailed } = useUploads();
  const mine = useMemo(
    () => uploads.filter((upload) => upload.projectId === projectId),
    [uploads, projectId],
  );
  const isBusy = uploads.some(isUnderWay);
  useWarningBeforeLeaving(isBusy);
  if (mine.length === 0) return null;
  const sum = sumOf(mine);
  const asides = [
    sum.knownCount > 0 &&
      t('{count, plural, one {# file} other {# files}} already here, not sent again', {
        count: sum.knownCount,
      }),
    leftOutCount > 0 &&
      t('{count, plural, one {# file} other {# files}} without an image left out', {
        count: leftOutCount,
      }),
  ].filter(Boolean);
  return (
    <Panel
      title={isBusy ? t('Uploading') : t('Uploaded')}
      side={asides.join(' · ')}
      actions={
        <Group gap={8}>
          {sum.failedCount > 0 && (
            <Button variant="default" onClick={retryFailed}>
              {t('Send {count, plural, one {# file} other {# files}} again', {
                count: sum.failedCount,
              })}
            </Button>
          )}
          {isBusy ? (
            <Button variant="default" onClick={cancel}>
              {t('Stop')}
            </Button>
          ) : (
            <Button variant="default" onClick={clear}>
              {t('Close')}
            </Button>
          )}
        </Group>
      }
    >
      <div className={styles.uploadSum}>
        <ProgressRow
          title={t('{doneCount} of {count, plural, one {# file} other {# files}}', {
            doneCount: sum.doneCount,
            count: sum.count,
          })}
          share={sum.bytes > 0 ? sum.sentBytes / sum.bytes : 1}
          side={t('{sentBytes} of {bytes}', {
            sentBytes: formatBytes(sum.sentBytes),
            bytes: formatBytes(sum.bytes),
          })}
          tone={sum.failedCount > 0 ? 'bad' : 'plain'}
        />
      </div>
      <DataTable
        label={t('Files of this upload')}
        rows={mine}
        columns={COLUMNS}
        rowId={(row) => String(row.id)}
        height="180px"
        isDense
      />
    </Panel>
  );
}

function useWarningBeforeLeaving(isBusy: boolean): void {
  useEffect(() => {
    if (!isBusy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isBusy]);
}
