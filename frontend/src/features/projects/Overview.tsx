/** How far the project is, what it costs, whether readers agree, what the model can do. */
import { useQuery } from '@tanstack/react-query';
import { useCan } from '../../api/access';
import { learningQuery } from '../../api/learning';
import type { Project } from '../../api/projects';
import { agreementQuery } from '../../api/reviews';
import { type Progress, progressQuery } from '../../api/tasks';
import { formatCount, formatScore, formatShare, intervalNote, plural } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Markdown } from '../../ui/Markdown';
import { Panel } from '../../ui/Panel';
import { StatRow, StatTile } from '../../ui/StatTile';
import { AttributeAgreement } from './AttributeAgreement';
import { OutcomesPart } from './OutcomesPart';
import styles from './ProjectPage.module.css';
import { costPerRead, countOf, taskTotal } from './progress';
import { ReaderTable } from './ReaderTable';

export function Overview({ project }: { project: Project }) {
  const canManage = useCan(project.id, 'manage_project');
  const canSeeLearning = useCan(project.id, 'see_learning');
  const canReview = useCan(project.id, 'review');
  return (
    <div className={styles.stack}>
      {canManage && <ProgressPart projectId={project.id} />}
      <div className={styles.columns}>
        <Panel title="Purpose">
          <p className={styles.prose}>{project.purpose || 'No purpose was written down.'}</p>
        </Panel>
        <Panel title="Guideline for readers">
          <div className={styles.prose}>
            <Markdown text={project.reading_rules.guideline || 'No guideline was written yet.'} />
          </div>
        </Panel>
        {canSeeLearning && <ModelPart projectId={project.id} />}
        {canManage && <OutcomesPart projectId={project.id} />}
        {canReview && <AgreementPart projectId={project.id} />}
      </div>
    </div>
  );
}

function ProgressPart({ projectId }: { projectId: string }) {
  const progress = useQuery(progressQuery(projectId));
  return (
    <Loaded of={progress} rows={4}>
      {(data) => (
        <>
          <Tiles progress={data} />
          <Panel title="Readers" side="active time leaves idle time out" isFlush>
            <ReaderTable readers={data.readers} />
          </Panel>
        </>
      )}
    </Loaded>
  );
}

function Tiles({ progress }: { progress: Progress }) {
  const total = taskTotal(progress);
  const done = countOf(progress, 'accepted', 'submitted');
  return (
    <StatRow>
      <StatTile
        label="Read"
        value={formatCount(done)}
        note={total > 0 ? `${formatShare(done / total)} of ${plural(total, 'case')}` : undefined}
      />
      <StatTile label="Waiting" value={formatCount(countOf(progress, 'open'))} note="not started" />
      <StatTile
        label="Under way"
        value={formatCount(countOf(progress, 'assigned', 'claimed', 'draft'))}
        note="assigned, opened or drafted"
      />
      <StatTile
        label="Returned"
        value={formatCount(countOf(progress, 'returned'))}
        note="by review"
      />
      <StatTile
        label="Skipped"
        value={formatCount(countOf(progress, 'skipped'))}
        note="with a reason"
      />
      <StatTile label="Cost" value={costPerRead(progress)} note="active time per read, median" />
    </StatRow>
  );
}

function ModelPart({ projectId }: { projectId: string }) {
  const learning = useQuery(learningQuery(projectId));
  return (
    <Panel title="Model">
      <Loaded of={learning} rows={2}>
        {(data) => {
          const last = data.curve.strategy.at(-1);
          if (!data.model || !last) {
            return (
              <p className={styles.prose}>
                No model yet: {plural(data.labelled_count, 'case')} labelled so far.
              </p>
            );
          }
          return (
            <StatRow>
              <StatTile
                label="Model"
                value={`No. ${data.model.number}`}
                note={plural(data.model.label_count, 'label')}
              />
              <StatTile
                label={data.curve.metric}
                value={formatScore(last.score)}
                note={intervalNote(last.low, last.high)}
              />
            </StatRow>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function AgreementPart({ projectId }: { projectId: string }) {
  const agreement = useQuery(agreementQuery(projectId));
  return (
    <Panel title="Agreement between readers">
      <Loaded of={agreement} rows={2}>
        {(data) =>
          data.double_read_count === 0 ? (
            <p className={styles.prose}>No case was read twice yet.</p>
          ) : (
            <>
              <StatRow>
                <StatTile
                  label="Read twice"
                  value={formatCount(data.double_read_count)}
                  note="cases"
                />
                <StatTile label="Same answer" value={formatShare(data.raw_agreement)} />
                <StatTile
                  label="Cohen's kappa"
                  value={formatScore(data.pairs[0]?.kappa)}
                  note={plural(data.pairs.length, 'pair of readers', 'pairs of readers')}
                />
              </StatRow>
              <AttributeAgreement rows={data.attributes} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
