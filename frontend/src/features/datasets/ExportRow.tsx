/** One export: progress while it is made, size and download when it is done. */
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type DatasetExport, downloadUrl } from '../../api/datasets';
import { formatBytes } from '../../ui/format';
import { ProgressRow } from '../../ui/ProgressRow';
import { RelativeTime } from '../../ui/RelativeTime';
import { rich, t } from '../../words/t';
import styles from './Datasets.module.css';
import { isRunning } from './splitShares';

export function ExportRow({ made, name }: { made: DatasetExport; name: string }) {
  const title = t('{format} of {name}', { format: made.format.toUpperCase(), name });
  if (made.state !== 'done') {
    return (
      <ProgressRow
        title={title}
        share={made.progress}
        side={isRunning(made) ? undefined : made.state}
        message={made.error || made.message}
        tone={isRunning(made) ? 'plain' : 'bad'}
      />
    );
  }
  const words = `${made.format.toUpperCase()}, ${formatBytes(made.byte_count)}`;
  return (
    <div className={styles.row}>
      <Button
        component="a"
        size="compact-xs"
        href={downloadUrl(made.id)}
        download
        leftSection={<IconDownload size={14} />}
        aria-label={t('{words}: download {title}', { words, title })}
      >
        {words}
      </Button>
      <span className={styles.muted}>
        {rich('made {relativeTime}', { relativeTime: <RelativeTime at={made.created_at} /> })}
      </span>
    </div>
  );
}
