/** The images of a project: browse, look into, bring in. */
import { Tabs } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useCan } from '../../api/access';
import { PageHeader } from '../../ui/PageHeader';
import { t } from '../../words/t';
import { HeldImages } from './held/HeldImages';
import { ImportReport } from './ImportReport';
import { PanelButton } from './PanelButton';
import { PicturesPanel } from './pictures/PicturesPanel';
import { isTableWithPictures, NOTHING, type PickedPictures, withPicked } from './pictures/picked';
import { PullButton } from './pull/PullButton';
import { PullPanel } from './pull/PullPanel';
import { ReceivedFiles } from './ReceivedFiles';
import { DeletedStudies } from './removal/DeletedStudies';
import { Erasures } from './removal/Erasures';
import styles from './Studies.module.css';
import { StudyBrowser } from './StudyBrowser';
import { StudyDrawer } from './StudyDrawer';
import { DropArea } from './upload/DropArea';
import type { Picked } from './upload/dropped';
import { UploadButtons } from './upload/UploadButtons';
import { UploadPanel } from './upload/UploadPanel';
import { STUDIES_TABS, type StudiesView } from './view';

interface Props {
  projectId: string;
  projectName: string;
  view: StudiesView;
  onView: (change: StudiesView) => void;
}

export function StudiesPage({ projectId, projectName, view, onView }: Props) {
  const canManage = useCan(projectId, 'manage_data');
  const canErase = useCan(projectId, 'erase_patients');
  const [isPulling, setPulling] = useState(false);
  const [pictures, setPictures] = useState<PickedPictures | null>(null);
  const togglePull = useCallback(() => setPulling((isOpen) => !isOpen), []);
  const togglePictures = useCallback(() => setPictures((now) => (now ? null : NOTHING)), []);
  const take = ({ files }: Picked) => {
    if (!pictures && !isTableWithPictures(files)) return false;
    setPictures(withPicked(pictures ?? NOTHING, files));
    return true;
  };
  return (
    <DropArea projectId={projectId} isEnabled={canManage} onTake={take}>
      <PageHeader
        title={t('Studies')}
        side={projectName}
        actions={
          canManage && (
            <>
              <UploadButtons projectId={projectId} />
              <PanelButton
                id="studies.pictures"
                title={t('Pictures with a table')}
                icon={<IconTable size={14} />}
                isOpen={pictures !== null}
                onToggle={togglePictures}
              />
              <PullButton projectId={projectId} isOpen={isPulling} onToggle={togglePull} />
            </>
          )
        }
      />
      <div className={styles.stack}>
        <UploadPanel projectId={projectId} />
        {pictures && (
          <PicturesPanel
            projectId={projectId}
            picked={pictures}
            onPicked={setPictures}
            onClose={() => setPictures(null)}
          />
        )}
        {isPulling && <PullPanel projectId={projectId} onClose={() => setPulling(false)} />}
        <Tabs
          value={view.tab ?? 'studies'}
          onChange={(next) => onView({ tab: STUDIES_TABS.find((tab) => tab === next) })}
          keepMounted={false}
        >
          <Tabs.List mb="md">
            <Tabs.Tab value="studies">{t('Studies')}</Tabs.Tab>
            <Tabs.Tab value="files">{t('Received files and quarantine')}</Tabs.Tab>
            {canManage && <Tabs.Tab value="held">{t('Text in pixels')}</Tabs.Tab>}
            <Tabs.Tab value="report">{t('De-identification report')}</Tabs.Tab>
            {canManage && <Tabs.Tab value="deleted">{t('Deleted')}</Tabs.Tab>}
            {canErase && <Tabs.Tab value="erased">{t('Erased patients')}</Tabs.Tab>}
          </Tabs.List>
          <Tabs.Panel value="studies">
            <StudyBrowser projectId={projectId} view={view} onView={onView} canManage={canManage} />
          </Tabs.Panel>
          <Tabs.Panel value="files">
            <ReceivedFiles projectId={projectId} canManage={canManage} />
          </Tabs.Panel>
          {canManage && (
            <Tabs.Panel value="held">
              <HeldImages projectId={projectId} />
            </Tabs.Panel>
          )}
          <Tabs.Panel value="report">
            <ImportReport projectId={projectId} />
          </Tabs.Panel>
          {canManage && (
            <Tabs.Panel value="deleted">
              <DeletedStudies projectId={projectId} />
            </Tabs.Panel>
          )}
          {canErase && (
            <Tabs.Panel value="erased">
              <Erasures projectId={projectId} />
            </Tabs.Panel>
          )}
        </Tabs>
      </div>
      <StudyDrawer
        projectId={projectId}
        studyId={view.study ?? null}
        canManage={canManage}
        onOpen={(study) => onView({ study })}
        onClose={() => onView({ study: undefined })}
      />
    </DropArea>
  );
}
