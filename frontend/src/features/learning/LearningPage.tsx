/** What the model has learned, what it asks next and why, and which model is in use. */
import { Button, Tabs } from '@mantine/core';
import { IconBolt, IconCpu } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCan } from '../../api/access';
import { learningQuery, startEncoder, startRound } from '../../api/learning';
import { Failed, Loaded } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { t } from '../../words/t';
import { AutoAcceptPart } from './AutoAcceptPart';
import { LearningState } from './LearningState';
import { ModelTable } from './ModelTable';
import { QualityPart } from './QualityPart';
import { QueuePart } from './QueuePart';
import { StagedPart } from './StagedPart';

interface Props {
  projectId: string;
  projectName: string;
}

export function LearningPage({ projectId, projectName }: Props) {
  const learning = useQuery(learningQuery(projectId));
  const canManage = useCan(projectId, 'manage_learning');
  const canManageProject = useCan(projectId, 'manage_project');
  return (
    <>
      <PageHeader
        title={t('Learning')}
        side={projectName}
        actions={canManage && <LearnNow projectId={projectId} />}
      />
      <Loaded of={learning} rows={10}>
        {(data) => <LearningState learning={data} />}
      </Loaded>
      <Tabs defaultValue="quality" keepMounted={false} mt="md">
        <Tabs.List mb="md">
          <Tabs.Tab value="quality">{t('How good it is')}</Tabs.Tab>
          <Tabs.Tab value="queue">{t('What it asks next')}</Tabs.Tab>
          <Tabs.Tab value="models">{t('Model versions')}</Tabs.Tab>
          <Tabs.Tab value="auto-accept">{t('Answers by the model')}</Tabs.Tab>
          {canManageProject && <Tabs.Tab value="staged">{t('What it does to readers')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="quality">
          {learning.data && <QualityPart learning={learning.data} />}
        </Tabs.Panel>
        <Tabs.Panel value="queue">
          <QueuePart projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="models">
          <ModelTable projectId={projectId} canManage={canManage} />
        </Tabs.Panel>
        <Tabs.Panel value="auto-accept">
          <AutoAcceptPart projectId={projectId} canManage={canManage} />
        </Tabs.Panel>
        {canManageProject && (
          <Tabs.Panel value="staged">
            <StagedPart projectId={projectId} />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}

function LearnNow({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['project', projectId, 'jobs'] });
  const round = useMutation({ mutationFn: () => startRound(projectId), onSuccess });
  const encoder = useMutation({ mutationFn: () => startEncoder(projectId), onSuccess });
  return (
    <>
      <Failed error={round.error ?? encoder.error} />
      <Button
        variant="default"
        leftSection={<IconCpu size={14} />}
        loading={encoder.isPending}
        onClick={() => encoder.mutate()}
      >
        {t('Train the encoder on these images')}
      </Button>
      <Button
        leftSection={<IconBolt size={14} />}
        loading={round.isPending}
        onClick={() => round.mutate()}
      >
        {t('Learn now')}
      </Button>
    </>
  );
}
