/** The right panel: what is asked, what was marked, what the model thinks, and submitting. */
import { Button } from '@mantine/core';
import type { ReadingCase } from '../../api/reading';
import { CommandKey } from '../../commands/CommandKey';
import type { Command } from '../../commands/registry';
import type { Frame, Series } from '../../viewer/frames';
import type { Mark } from '../../viewer/marks';
import { t } from '../../words/t';
import { AnswerPanel } from './AnswerPanel';
import attributes from './Attributes.module.css';
import { AttributesHere } from './AttributesPanel';
import { ClinicalText } from './ClinicalText';
import { keepFocus } from './CommandButton';
import { CommentsPanel } from './CommentsPanel';
import type { CaseActions } from './caseCommands';
import { ExcludedNotice } from './ExcludePanel';
import { FusionPanel } from './FusionPanel';
import { MarksPanel } from './MarksPanel';
import styles from './Panel.module.css';
import { SegmentsPanel } from './SegmentsPanel';
import { SuggestionPanel } from './SuggestionPanel';
import { useReading } from './store';
import { UnitSuggestionPanel } from './UnitSuggestionPanel';
import type { AskingOf } from './useAsking';
import { type Comments, placeText } from './useComments';
import type { HeatMapState } from './useHeatMap';

export interface SidePanelProps {
  readonly reading: ReadingCase;
  readonly frames: readonly Frame[];
  readonly heat: HeatMapState;
  readonly actions: CaseActions;
  readonly isSubmitting: boolean;
  readonly isAnswerMissing: boolean;
  readonly notice: React.ReactNode;
  readonly onShow: (mark: Mark) => void;
  readonly asking: AskingOf;
  readonly comments: Comments;
  readonly series: readonly Series[];
  /** Those of the case and of the study beside it. */
  readonly all: readonly Series[];
  /** Submitting was tried and something was missing. */
  readonly isStrict: boolean;
  readonly commands: readonly Command[];
}

/** Where a staged read stands, and what comes next. */
function StageNote({ stage }: { readonly stage: NonNullable<ReadingCase['stage']> }) {
  return (
    <section className={styles.section} aria-label={t('Stage')}>
      <b>
        {stage === 'first' ? t('First read, without the model') : t('The first read is locked')}
      </b>
      <p className={styles.muted}>
        {stage === 'first'
          ? t('Say what you see and lock it. Then you are shown what the model says.')
          : t('It stays as it was. Confirm it or change it, then submit.')}
      </p>
    </section>
  );
}

const submitText = ({ stage }: ReadingCase, { isReadOnly }: CaseActions): string => {
  if (isReadOnly) return t('Go on');
  return stage === 'first' ? t('Lock first read') : t('Submit & next');
};

export function SidePanel(props: SidePanelProps) {
  const { reading, actions, isSubmitting } = props;
  return (
    <aside className={styles.panel} aria-label={t('Reading')}>
      <div className={styles.scroll}>
        {props.notice}
        {reading.review?.verdict === 'returned' && (
          <section className={styles.returned}>
            <b>{t('Returned by the reviewer')}</b>
            <p className={styles.plain}>{reading.review.comment || t('Without a comment.')}</p>
          </section>
        )}
        {reading.clinical_text !== null && <ClinicalText text={reading.clinical_text} />}
        <ExcludedNotice schema={reading.label_schema} />
        <AnswerPanel reading={reading} isMissing={props.isAnswerMissing} />
        <AttributesHere
          schema={reading.label_schema}
          series={props.series}
          work={props.asking.work}
          isStrict={props.isStrict}
        />
        <MarksPanel schema={reading.label_schema} frames={props.frames} onShow={props.onShow} />
        <SegmentsPanel
          schema={reading.label_schema}
          frames={props.frames}
          commands={props.commands}
        />
        <FusionPanel all={props.all} />
        <CommentsPanel
          comments={props.comments}
          placeText={({ place }) => placeText(place, props.series)}
        />
        {reading.stage && !actions.isReadOnly && <StageNote stage={reading.stage} />}
        <SuggestionPanel reading={reading} heat={props.heat} commands={props.commands} />
        <UnitSuggestionPanel reading={reading} series={props.series} heat={props.heat} />
        <div className={styles.section}>
          <Button
            variant="subtle"
            color="gray"
            fullWidth
            onMouseDown={keepFocus}
            onClick={() => useReading.getState().arrange({ isGuideShown: true })}
            rightSection={<CommandKey id="screen.guide" />}
          >
            {t('Guide to the labels')}
          </Button>
        </div>
      </div>
      <footer className={styles.submit}>
        {props.isStrict && props.asking.lackText && (
          <button
            type="button"
            className={attributes.lacks}
            onMouseDown={keepFocus}
            onClick={props.asking.next}
          >
            <span role="alert">{props.asking.lackText}</span> <CommandKey id="attribute.next" />
          </button>
        )}
        <Button
          fullWidth
          size="sm"
          classNames={{ label: styles.primary }}
          loading={isSubmitting}
          onMouseDown={keepFocus}
          onClick={actions.submit}
          rightSection={<CommandKey id="case.submit" />}
        >
          {submitText(reading, actions)}
        </Button>
        {actions.correct && (
          <Button
            variant="subtle"
            color="gray"
            fullWidth
            onMouseDown={keepFocus}
            onClick={actions.correct}
            rightSection={<CommandKey id="case.correct" />}
          >
            {reading.read.state === 'issue'
              ? t('Take the question back')
              : t('Take back and correct')}
          </Button>
        )}
        {!actions.isReadOnly && (
          <div className={styles.aside}>
            <Button
              variant="subtle"
              color="gray"
              onMouseDown={keepFocus}
              onClick={actions.openIssue}
              rightSection={<CommandKey id="case.issue" />}
            >
              {t('Issue…')}
            </Button>
            <Button
              variant="subtle"
              color="gray"
              onMouseDown={keepFocus}
              onClick={actions.openSkip}
              rightSection={<CommandKey id="case.skip" />}
            >
              {t('Skip…')}
            </Button>
            {actions.openExclude && (
              <Button
                variant="subtle"
                color="gray"
                onMouseDown={keepFocus}
                onClick={actions.openExclude}
                rightSection={<CommandKey id="case.exclude" />}
              >
                {t('Exclude…')}
              </Button>
            )}
          </div>
        )}
      </footer>
    </aside>
  );
}
