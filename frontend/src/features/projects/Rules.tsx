/** How cases are read and how the learner asks; every rule explains itself. */
import { NumberInput, Stack, Switch, Textarea } from '@mantine/core';
import { useHangingLists } from '../../api/hanging';
import type { Project } from '../../api/projects';
import { HangingList } from '../../ui/HangingList';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';
import { LabelGuidelines } from './LabelGuidelines';
import { LearningPart } from './LearningPart';
import styles from './ProjectPage.module.css';
import { SaveRow, useRules } from './ruleDraft';
import { NARROW } from './ShareInput';

export function Rules({ project }: { project: Project }) {
  return (
    <div className={styles.columns}>
      <ReadingPart project={project} />
      <LearningPart project={project} />
      <HangingPart projectId={project.id} />
    </div>
  );
}

function HangingPart({ projectId }: { projectId: string }) {
  const lists = useHangingLists(projectId);
  return (
    <HangingList
      list={lists.project}
      side={t('for everyone in this project, after their own')}
      onKeep={(list) => lists.keep('project', list)}
    />
  );
}

function ReadingPart({ project }: { project: Project }) {
  const rules = useRules(project, 'reading_rules', project.reading_rules);
  const { draft, set } = rules;
  return (
    <Panel title={t('Reading')}>
      <Stack gap="lg">
        <NumberInput
          label={t('Reads per case')}
          description={t('How many different readers read each case.')}
          min={1}
          max={10}
          styles={NARROW}
          value={draft.wanted_reads}
          onChange={(value) => set({ wanted_reads: Number(value) || 1 })}
        />
        <Switch
          label={t('Blinded')}
          description={t(
            'A reader sees nothing of what others read: no answers, counts, times or names.',
          )}
          checked={draft.is_blinded}
          onChange={(event) => set({ is_blinded: event.currentTarget.checked })}
        />
        <Switch
          label={t('Reads need a review')}
          description={t('A read counts for training and export once a reviewer has accepted it.')}
          checked={draft.review_required}
          onChange={(event) => set({ review_required: event.currentTarget.checked })}
        />
        <Switch
          label={t('Show why a case is asked for')}
          description={t('Switch off where the reason could sway a reader.')}
          checked={draft.show_reason}
          onChange={(event) => set({ show_reason: event.currentTarget.checked })}
        />
        <Switch
          label={t("Show the model's suggestion")}
          description={t('Readers can still switch it off for themselves.')}
          checked={draft.show_suggestion}
          onChange={(event) => set({ show_suggestion: event.currentTarget.checked })}
        />
        <Switch
          label={t('Two stages: first without the model')}
          description={t(
            'A reader locks a first read before the suggestion, the reason and the map are shown, then confirms or changes it. Both are kept; Learning says what the model changed.',
          )}
          checked={draft.is_staged}
          onChange={(event) => set({ is_staged: event.currentTarget.checked })}
        />
        <Switch
          label={t('Show earlier studies')}
          description={t(
            "A patient's earlier images beside the case; never what was said about them.",
          )}
          checked={draft.show_earlier}
          onChange={(event) => set({ show_earlier: event.currentTarget.checked })}
        />
        <Switch
          label={t('Show clinical texts')}
          description={t(
            'Indication, question, earlier report: what data managers wrote for a study. Switch off where readers are to know nothing but the images.',
          )}
          checked={draft.show_clinical_text}
          onChange={(event) => set({ show_clinical_text: event.currentTarget.checked })}
        />
        <Textarea
          label={t('Guideline')}
          description={t(
            'What to call what, with # headings, - lists and **emphasis**; readers open it beside the image.',
          )}
          autosize
          minRows={5}
          maxRows={18}
          value={draft.guideline}
          onChange={(event) => set({ guideline: event.currentTarget.value })}
        />
        <LabelGuidelines
          projectId={project.id}
          texts={draft.label_guidelines}
          onChange={(label_guidelines) => set({ label_guidelines })}
        />
        <SaveRow rules={rules} />
      </Stack>
    </Panel>
  );
}
