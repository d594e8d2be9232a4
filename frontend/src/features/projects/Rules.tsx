/** How cases are read and how the learner asks; every rule explains itself. */
import { Button, Group, NumberInput, Select, Stack, Switch, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useHangingLists } from '../../api/hanging';
import { strategiesQuery } from '../../api/learning';
import {
  changeProject,
  type LearningRules,
  type Project,
  type ReadingRules,
} from '../../api/projects';
import { HangingList } from '../../ui/HangingList';
import { Failed } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { LabelGuidelines } from './LabelGuidelines';
import styles from './ProjectPage.module.css';
import { NARROW, ShareInput } from './ShareInput';

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
      side="for everyone in this project, after their own"
      onKeep={(list) => lists.keep('project', list)}
    />
  );
}

/** A draft of rules over what is saved, and how to save it. */
function useRules<R extends ReadingRules | LearningRules>(
  project: Project,
  part: 'reading_rules' | 'learning_rules',
  saved: R,
) {
  const client = useQueryClient();
  const [change, setChange] = useState<Partial<R>>({});
  const draft: R = { ...saved, ...change };
  const save = useMutation({
    mutationFn: () => changeProject(project.id, { [part]: draft }),
    onSuccess: (next) => {
      client.setQueryData(['project', project.id, 'detail'], next);
      setChange({});
    },
  });
  const set = (next: Partial<R>) => setChange((before) => ({ ...before, ...next }));
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  return { draft, set, save, isChanged };
}

interface SaveProps {
  rules: { save: { mutate: () => void; isPending: boolean; error: unknown }; isChanged: boolean };
}

function SaveRow({ rules }: SaveProps) {
  return (
    <>
      <Failed error={rules.save.error} />
      <Group>
        <Button
          disabled={!rules.isChanged}
          loading={rules.save.isPending}
          onClick={() => rules.save.mutate()}
        >
          Save
        </Button>
        <span className={styles.muted}>
          {rules.isChanged ? 'Not saved yet; holds for cases opened from then on.' : 'Saved.'}
        </span>
      </Group>
    </>
  );
}

function ReadingPart({ project }: { project: Project }) {
  const rules = useRules(project, 'reading_rules', project.reading_rules);
  const { draft, set } = rules;
  return (
    <Panel title="Reading">
      <Stack gap="lg">
        <NumberInput
          label="Reads per case"
          description="How many different readers read each case."
          min={1}
          max={10}
          styles={NARROW}
          value={draft.wanted_reads}
          onChange={(value) => set({ wanted_reads: Number(value) || 1 })}
        />
        <Switch
          label="Blinded"
          description="A reader sees nothing of what others read: no answers, counts, times or names."
          checked={draft.is_blinded}
          onChange={(event) => set({ is_blinded: event.currentTarget.checked })}
        />
        <Switch
          label="Reads need a review"
          description="A read counts for training and export once a reviewer has accepted it."
          checked={draft.review_required}
          onChange={(event) => set({ review_required: event.currentTarget.checked })}
        />
        <Switch
          label="Show why a case is asked for"
          description="Switch off where the reason could sway a reader."
          checked={draft.show_reason}
          onChange={(event) => set({ show_reason: event.currentTarget.checked })}
        />
        <Switch
          label="Show the model's suggestion"
          description="Readers can still switch it off for themselves."
          checked={draft.show_suggestion}
          onChange={(event) => set({ show_suggestion: event.currentTarget.checked })}
        />
        <Switch
          label="Two stages: first without the model"
          description="A reader locks a first read before the suggestion, the reason and the map are shown, then confirms or changes it. Both are kept; Learning says what the model changed."
          checked={draft.is_staged}
          onChange={(event) => set({ is_staged: event.currentTarget.checked })}
        />
        <Switch
          label="Show earlier studies"
          description="A patient's earlier images beside the case; never what was said about them."
          checked={draft.show_earlier}
          onChange={(event) => set({ show_earlier: event.currentTarget.checked })}
        />
        <Textarea
          label="Guideline"
          description="What to call what, with # headings, - lists and **emphasis**; readers open it beside the image."
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

function LearningPart({ project }: { project: Project }) {
  const rules = useRules(project, 'learning_rules', project.learning_rules);
  const strategies = useQuery(strategiesQuery);
  const { draft, set } = rules;
  const chosen = strategies.data?.find((strategy) => strategy.key === draft.strategy);
  return (
    <Panel title="Learning">
      <Stack gap="lg">
        <Switch
          label="The model orders the worklist"
          description="Switched off, cases come in a random order and no model is trained."
          checked={draft.is_on}
          onChange={(event) => set({ is_on: event.currentTarget.checked })}
        />
        <Select
          label="How it chooses the next cases"
          description={chosen?.description}
          data={(strategies.data ?? []).map(({ key, name }) => ({ value: key, label: name }))}
          value={draft.strategy}
          onChange={(strategy) => strategy && set({ strategy })}
        />
        {chosen?.paper && <span className={styles.muted}>{chosen.paper}</span>}
        <NumberInput
          label="Cases per round"
          description="After this many submitted reads the model learns again and reorders the rest."
          min={5}
          max={500}
          styles={NARROW}
          value={draft.batch_size}
          onChange={(value) => set({ batch_size: Number(value) || 5 })}
        />
        <ShareInput
          label="Random control arm"
          description="Drawn at random in every round, so that the saving is measured and not believed."
          range={[5, 100]}
          value={draft.control_share}
          onChange={(control_share) => set({ control_share })}
        />
        <ShareInput
          label="Patients held out"
          description="Never trained on. Chosen by patient when images arrive; later changes hold for new patients."
          range={[5, 50]}
          value={draft.holdout_share}
          onChange={(holdout_share) => set({ holdout_share })}
        />
        <ShareInput
          label="Share of reads spent on measuring"
          description="This share of served cases comes from held-out patients until enough are read."
          range={[0, 50]}
          value={draft.evaluation_share}
          onChange={(evaluation_share) => set({ evaluation_share })}
        />
        <ShareInput
          label="Most that a new model may lose"
          description="A model that gets more than this share of a class or of a group of patients wrong, where the present one was right, does not speak. 100 lets every model speak."
          range={[2, 100]}
          value={draft.most_drop}
          onChange={(most_drop) => set({ most_drop })}
        />
        <Switch
          label="Weigh what a case costs"
          description="Cases that readers are likely to be quick with come earlier, where two would teach as much. Learned from real reading times, once thirty are known."
          checked={draft.weighs_minutes}
          onChange={(event) => set({ weighs_minutes: event.currentTarget.checked })}
        />
        <Failed error={strategies.error} />
        <SaveRow rules={rules} />
      </Stack>
    </Panel>
  );
}
