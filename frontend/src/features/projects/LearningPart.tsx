/** How the learner asks. */
import { NumberInput, Select, Stack, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { strategiesQuery } from '../../api/learning';
import type { Project } from '../../api/projects';
import { Failed } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { t, told } from '../../words/t';
import { PredictsInput } from './PredictsInput';
import styles from './ProjectPage.module.css';
import { SaveRow, useRules } from './ruleDraft';
import { NARROW, ShareInput } from './ShareInput';

export function LearningPart({ project }: { project: Project }) {
  const rules = useRules(project, 'learning_rules', project.learning_rules);
  const strategies = useQuery(strategiesQuery);
  const { draft, set } = rules;
  const chosen = strategies.data?.find((strategy) => strategy.key === draft.strategy);
  return (
    <Panel title={t('Learning')}>
      <Stack gap="lg">
        <Switch
          label={t('The model orders the worklist')}
          description={t('Switched off, cases come in a random order and no model is trained.')}
          checked={draft.is_on}
          onChange={(event) => set({ is_on: event.currentTarget.checked })}
        />
        <PredictsInput
          projectId={project.id}
          value={draft.predicts}
          onChange={(predicts) => set({ predicts })}
        />
        <Select
          label={t('How it chooses the next cases')}
          description={chosen && told(chosen.description)}
          data={(strategies.data ?? []).map(({ key, name }) => ({ value: key, label: told(name) }))}
          value={draft.strategy}
          onChange={(strategy) => strategy && set({ strategy })}
        />
        {chosen?.paper && <span className={styles.muted}>{chosen.paper}</span>}
        <NumberInput
          label={t('Cases per round')}
          description={t(
            'After this many submitted reads the model learns again and reorders the rest.',
          )}
          min={5}
          max={500}
          styles={NARROW}
          value={draft.batch_size}
          onChange={(value) => set({ batch_size: Number(value) || 5 })}
        />
        <ShareInput
          label={t('Random control arm')}
          description={t(
            'Drawn at random in every round, so that the saving is measured and not believed.',
          )}
          range={[5, 100]}
          value={draft.control_share}
          onChange={(control_share) => set({ control_share })}
        />
        <ShareInput
          label={t('Patients held out')}
          description={t(
            'Never trained on. Chosen by patient when images arrive; later changes hold for new patients.',
          )}
          range={[5, 50]}
          value={draft.holdout_share}
          onChange={(holdout_share) => set({ holdout_share })}
        />
        <ShareInput
          label={t('Share of reads spent on measuring')}
          description={t(
            'This share of served cases comes from held-out patients until enough are read.',
          )}
          range={[0, 50]}
          value={draft.evaluation_share}
          onChange={(evaluation_share) => set({ evaluation_share })}
        />
        <ShareInput
          label={t('Most that a new model may lose')}
          description={t(
            'A model that gets more than this share of a class or of a group of patients wrong, where the present one was right, does not speak. 100 lets every model speak.',
          )}
          range={[2, 100]}
          value={draft.most_drop}
          onChange={(most_drop) => set({ most_drop })}
        />
        <Switch
          label={t('Weigh what a case costs')}
          description={t(
            'Cases that readers are likely to be quick with come earlier, where two would teach as much. Learned from real reading times, once thirty are known.',
          )}
          checked={draft.weighs_minutes}
          onChange={(event) => set({ weighs_minutes: event.currentTarget.checked })}
        />
        <Failed error={strategies.error} />
        <SaveRow rules={rules} />
      </Stack>
    </Panel>
  );
}
