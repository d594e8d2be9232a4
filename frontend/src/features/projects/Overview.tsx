/** How far the project is, what it costs, whether readers agree, what the model can do. */
import { useQuery } from '@tanstack/react-query';
import { useCan } from '../../api/access';
import { learningQuery } from '../../api/learning';
import type { Project } from '../../api/projects';
import { agreementQuery } from '../../api/reviews';
import { type Progress, progressQuery } from '../../api/tasks';
import { formatCount, formatScore, formatShare, intervalNote } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Markdown } from '../../ui/Markdown';
import { Panel } from '../../ui/Panel';
import { StatRow, StatTile } from '../../ui/StatTile';
import { t } from '../../words/t';
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
        <Panel title={t('Purpose')}>
          <p className={styles.prose}>{project.purpose || t('No purpose was written down.')}</p>
        </Panel>
        <Panel title={t('Guideline for readers')}>
          <div className={styles.prose}>
            <Markdown
              text={project.reading_rules.guideline || t('No guideline was written yet.')}
            />
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
          <Panel title={t('Readers')} side={t('active time leaves idle time out')} isFlush>
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
        label={t('Read')}
        value={formatCount(done)}
        note={
          total > 0
            ? t('{done} of {count, plural, one {# case} other {# cases}}', {
                done: formatShare(done / total),
                count: total,
              })
            : undefined
        }
      />
      <StatTile
        label={t('Waiting')}
        value={formatCount(countOf(progress, 'open'))}
        note={t('not started')}
      />
      <StatTile
        label={t('Under way')}
        value={formatCount(countOf(progress, 'assigned', 'claimed', 'draft'))}
        note={t('assigned, opened or drafted')}
      />
      <StatTile
        label={t('Issues')}
        value={formatCount(countOf(progress, 'issue'))}
        note={t('wait for an answer')}
      />
      <StatTile
        label={t('Returned')}
        value={formatCount(countOf(progress, 'returned'))}
        note={t('by review')}
      />
      <StatTile
        label={t('Skipped')}
        value={formatCount(countOf(progress, 'skipped'))}
        note={t('with a reason')}
      />
      {countOf(progress, 'auto_accepted') > 0 && (
        <StatTile
          label={t('Answered by the model')}
          value={formatCount(countOf(progress, 'auto_accepted'))}
          note={t('no labels, read by nobody')}
        />
      )}
      <StatTile
        label={t('Cost')}
        value={costPerRead(progress)}
        note={t('active time per read, median')}
      />
    </StatRow>
  );
}

function ModelPart({ projectId }: { projectId: string }) {
  const learning = useQuery(learningQuery(projectId));
  return (
    <Panel title={t('Model')}>
      <Loaded of={learning} rows={2}>
        {(data) => {
          const last = data.curve.strategy.at(-1);
          if (!data.model || !last) {
            return (
              <p className={styles.prose}>
                {t('No model yet: {count, plural, one {# case} other {# cases}} labelled so far.', {
                  count: data.labelled_count,
                })}
              </p>
            );
          }
          return (
            <StatRow>
              <StatTile
                label={t('Model')}
                value={t('No. {number}', { number: data.model.number })}
                note={t('{count, plural, one {# label} other {# labels}}', {
                  count: data.model.label_count,
                })}
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
    <Panel title={t('Agreement between readers')}>
      <Loaded of={agreement} rows={2}>
        {(data) =>
          data.double_read_count === 0 ? (
            <p className={styles.prose}>{t('No case was read twice yet.')}</p>
          ) : (
            <>
              <StatRow>
                <StatTile
                  label={t('Read twice')}
                  value={formatCount(data.double_read_count)}
                  note={t('cases')}
                />
                <StatTile label={t('Same answer')} value={formatShare(data.raw_agreement)} />
                <StatTile
                  label={t("Cohen's kappa")}
                  value={formatScore(data.pairs[0]?.kappa)}
                  note={t('{count, plural, one {# pair of readers} other {# pairs of readers}}', {
                    count: data.pairs.length,
                  })}
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
