/** One study: what it holds, its tags, and what de-identification removed. */
import { Drawer, Select, Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useCan } from '../../api/access';
import { geometryQuery, type StudyDetail, studyQuery } from '../../api/studies';
import { useCommands } from '../../commands/useCommands';
import { GeometryReports } from '../../ui/GeometryReports';
import { Loaded } from '../../ui/Loaded';
import { Thumbnail } from '../../ui/Thumbnail';
import { t } from '../../words/t';
import { HuntPicture } from './HuntPicture';
import { instancesOf } from './instances';
import { RemovedTags } from './RemovedTags';
import { DeleteStudy } from './removal/DeleteStudy';
import { StudyAlike } from './StudyAlike';
import { StudyFacts } from './StudyFacts';
import { StudyTags } from './StudyTags';
import { StudyText } from './texts/StudyText';

interface Props {
  projectId: string;
  studyId: string | null;
  canManage: boolean;
  onOpen: (studyId: string) => void;
  onClose: () => void;
}

export function StudyDrawer({ projectId, studyId, canManage, onOpen, onClose }: Props) {
  const [tab, setTab] = useState('geometry');
  const commands = useMemo(
    () => [
      {
        id: 'study.tags',
        title: t('Show the DICOM header'),
        section: t('Studies'),
        shortcut: 'mod+i',
        worksInFields: true,
        isEnabled: () => studyId !== null,
        run: () => setTab('tags'),
      },
    ],
    [studyId],
  );
  useCommands('study', commands);
  return (
    <Drawer
      opened={studyId !== null}
      onClose={onClose}
      position="right"
      size={660}
      title={t('Study')}
      padding="md"
    >
      {studyId && (
        <Body
          projectId={projectId}
          studyId={studyId}
          canManage={canManage}
          tab={tab}
          onTab={setTab}
          onOpen={onOpen}
          onGone={onClose}
        />
      )}
    </Drawer>
  );
}

interface BodyProps {
  projectId: string;
  studyId: string;
  canManage: boolean;
  tab: string;
  onTab: (tab: string) => void;
  onOpen: (studyId: string) => void;
  onGone: () => void;
}

function Body({ projectId, studyId, canManage, tab, onTab, onOpen, onGone }: BodyProps) {
  const study = useQuery(studyQuery(studyId));
  return (
    <Loaded of={study} rows={10}>
      {(data) => (
        <Stack gap="lg">
          <div style={{ display: 'flex', gap: 16 }}>
            <Thumbnail url={data.thumbnail_url} alt={data.pseudonym} size={160} />
            <StudyFacts study={data} />
          </div>
          <Parts
            key={data.id}
            study={data}
            canManage={canManage}
            tab={tab}
            onTab={onTab}
            onOpen={onOpen}
          />
          {canManage && <DeleteStudy projectId={projectId} studyId={studyId} onGone={onGone} />}
        </Stack>
      )}
    </Loaded>
  );
}

interface PartsProps extends Pick<BodyProps, 'tab' | 'onTab' | 'onOpen' | 'canManage'> {
  study: StudyDetail;
}

function Parts({ study, canManage, tab, onTab, onOpen }: PartsProps) {
  const instances = instancesOf(study);
  // What measures the model must not steer what it learns from.
  const canHunt = useCan(study.project_id, 'hunt_findings') && !study.is_holdout;
  const [chosen, setChosen] = useState<string | null>(null);
  const uid = chosen ?? instances[0]?.detail.sop_instance_uid ?? null;
  const current = instances.find(({ detail }) => detail.sop_instance_uid === uid);
  if (!uid || !current) return null;
  return (
    <>
      <Select
        label={t('Image')}
        data={instances.map(({ detail, title }) => ({
          value: detail.sop_instance_uid,
          label: title,
        }))}
        value={uid}
        onChange={setChosen}
        searchable
      />
      <Tabs value={tab} onChange={(next) => next && onTab(next)} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="geometry">{t('Geometry')}</Tabs.Tab>
          {canHunt && <Tabs.Tab value="hunt">{t('Similar places')}</Tabs.Tab>}
          <Tabs.Tab value="removed">{t('Removed tags')}</Tabs.Tab>
          <Tabs.Tab value="tags">{t('DICOM header')}</Tabs.Tab>
          <Tabs.Tab value="alike">{t('Alike')}</Tabs.Tab>
          {canManage && <Tabs.Tab value="text">{t('Clinical text')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="geometry" pt="sm">
          <Geometry studyId={study.id} />
        </Tabs.Panel>
        {canHunt && (
          <Tabs.Panel value="hunt" pt="sm">
            <HuntPicture key={uid} study={study} instance={current.detail} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="removed" pt="sm">
          <RemovedTags instance={current.detail} />
        </Tabs.Panel>
        <Tabs.Panel value="tags" pt="sm">
          <StudyTags studyId={study.id} instance={current.detail} />
        </Tabs.Panel>
        <Tabs.Panel value="alike" pt="sm">
          <StudyAlike studyId={study.id} onOpen={onOpen} />
        </Tabs.Panel>
        {canManage && (
          <Tabs.Panel value="text" pt="sm">
            <StudyText studyId={study.id} />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}

function Geometry({ studyId }: { studyId: string }) {
  const reports = useQuery(geometryQuery(studyId));
  return (
    <Loaded of={reports} rows={3}>
      {(data) => <GeometryReports series={data.series} />}
    </Loaded>
  );
}
