/** What de-identification did to the files that came in together. */
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { importsQuery, reportQuery } from '../../api/deidentification';
import { ActionTable } from '../../ui/ActionTable';
import { formatExact } from '../../ui/format';
import { Failed, Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';

const EVERYTHING = 'all';
const WAYS_IN = {
  upload: t('upload'),
  stow_rs: 'STOW-RS',
  c_store: 'C-STORE',
  folder: t('watched folder'),
  pull: t('pull'),
  command_line: t('command line'),
};

export function ImportReport({ projectId }: { projectId: string }) {
  const [chosen, setChosen] = useState(EVERYTHING);
  const imports = useQuery(importsQuery(projectId));
  const report = useQuery(reportQuery(projectId, chosen === EVERYTHING ? null : chosen));
  const choices = (imports.data ?? []).map((one) => ({
    value: one.import_id,
    label: [
      formatExact(one.created_at),
      t('{count, plural, one {# file} other {# files}}', { count: one.file_count }),
      one.way_in && WAYS_IN[one.way_in],
      one.received_by_name,
    ]
      .filter(Boolean)
      .join(' · '),
  }));
  const files = Object.entries(report.data?.files ?? {}).filter(([, count]) => count > 0);
  return (
    <Panel
      title={t('De-identification report')}
      side={files.map(([state, count]) => `${count} ${state}`).join(' · ')}
      actions={
        <Select
          aria-label={t('Import')}
          size="xs"
          w={480}
          data={[{ value: EVERYTHING, label: t('Everything in this project') }, ...choices]}
          value={chosen}
          onChange={(value) => setChosen(value ?? EVERYTHING)}
        />
      }
      isFlush
    >
      <Failed error={imports.error} />
      <Loaded of={report}>
        {({ actions }) => <ActionTable actions={actions} height="calc(100vh - 240px)" />}
      </Loaded>
    </Panel>
  );
}
