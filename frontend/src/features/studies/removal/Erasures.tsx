/** The erasures ordered from this project: how far they are, and their certificates. */
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { certificateUrl, type Erasure, erasuresQuery } from '../../../api/removal';
import { type Column, DataTable } from '../../../ui/DataTable';
import { EmptyState } from '../../../ui/EmptyState';
import { formatCount, formatExact } from '../../../ui/format';
import { Loaded } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { t } from '../../../words/t';
import { ErasePatient } from './ErasePatient';

export function Erasures({ projectId }: { projectId: string }) {
  const erasures = useQuery(erasuresQuery(projectId));
  return (
    <div style={{ display: 'flex', flexDirection: 'column', gap: 12 }}>
      <ErasePatient projectId={projectId} />
      <Panel title={t('Erased patients')} side={t('kept as tombstones without a name')} isFlush>
        <Loaded of={erasures} rows={3}>
          {(rows) => (
            <DataTable
              label={t('Erased patients')}
              rows={rows}
              columns={COLUMNS}
              rowId={(row) => row.id}
              height="calc(100vh - 420px)"
              empty={<EmptyState title={t('Nobody was erased from this project')} />}
            />
          )}
        </Loaded>
      </Panel>
    </div>
  );
}

const count = (key: string, title: string): Column<Erasure> => ({
  key,
  title,
  isNumber: true,
  width: 90,
  render: (row) => (row.rows_removed_at ? formatCount(row.counts[key] ?? 0) : '–'),
});

const COLUMNS: Column<Erasure>[] = [
  {
    key: 'at',
    title: t('Ordered'),
    sortValue: (row) => row.created_at,
    render: (row) => formatExact(row.created_at),
  },
  {
    key: 'by',
    title: t('By'),
    sortValue: (row) => row.ordered_by_name,
    render: (row) => <span title={row.ordered_by_name}>{row.ordered_by_name}</span>,
  },
  count('studies', t('Studies')),
  count('instances', t('Images')),
  count('reads', t('Reads')),
  count('annotations', t('Marks')),
  {
    key: 'state',
    title: t('State'),
    render: (row) =>
      row.finished_at ? t('done') : row.rows_removed_at ? t('removing files') : t('removing rows'),
  },
  {
    key: 'certificate',
    title: '',
    width: 150,
    render: (row) =>
      row.finished_at && (
        <Button
          component="a"
          variant="default"
          size="compact-xs"
          href={certificateUrl(row.id)}
          download
          leftSection={<IconDownload size={14} />}
        >
          {t('Certificate')}
        </Button>
      ),
  },
];
