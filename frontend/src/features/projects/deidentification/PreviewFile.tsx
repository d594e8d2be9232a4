/** Try a file: what would be removed and what would be left. Nothing of it is kept. */
import { Button, FileButton, Tabs } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type Preview, previewFile } from '../../../api/deidentification';
import { ActionTable } from '../../../ui/ActionTable';
import { type Column, DataTable } from '../../../ui/DataTable';
import { EmptyState } from '../../../ui/EmptyState';
import { Failed } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { t } from '../../../words/t';
import styles from '../ProjectPage.module.css';

type Kept = Preview['kept'][number];

export function PreviewFile({ projectId }: { projectId: string }) {
  const look = useMutation({ mutationFn: (file: File) => previewFile(projectId, file) });
  return (
    <Panel
      title={t('Try it with a file')}
      side={t('checked and cleaned like any other, then forgotten')}
      actions={
        <FileButton onChange={(file) => file && look.mutate(file)}>
          {(props) => (
            <Button {...props} size="xs" variant="default" loading={look.isPending}>
              {t('Choose a DICOM file')}
            </Button>
          )}
        </FileButton>
      }
    >
      <Failed error={look.error} />
      {look.data ? (
        <Found preview={look.data} />
      ) : (
        <p className={styles.muted}>
          {t(
            'Shows every attribute that the saved options would remove, replace or keep, before anything is imported.',
          )}
        </p>
      )}
    </Panel>
  );
}

function Found({ preview }: { preview: Preview }) {
  return (
    <>
      {preview.would_be_held && (
        <p>{t('It would wait for a person: its pixels may show who the patient is.')}</p>
      )}
      <Tabs defaultValue="done" keepMounted={false}>
        <Tabs.List mb="xs">
          <Tabs.Tab value="done">{t('What would be done')}</Tabs.Tab>
          <Tabs.Tab value="kept">{t('What would be stored')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="done">
          <ActionTable actions={preview.actions} height="calc(100vh - 360px)" />
        </Tabs.Panel>
        <Tabs.Panel value="kept">
          <DataTable
            label={t('What would be stored')}
            rows={preview.kept}
            columns={KEPT}
            rowId={(row) => row.path}
            height="calc(100vh - 360px)"
            isDense
            empty={<EmptyState title={t('Nothing would be left')} />}
          />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

const KEPT: Column<Kept>[] = [
  { key: 'tag', title: t('Tag'), render: (row) => row.path },
  { key: 'keyword', title: t('Attribute'), render: (row) => row.keyword || '–' },
  { key: 'value', title: t('Value'), render: (row) => <span title={row.value}>{row.value}</span> },
];
