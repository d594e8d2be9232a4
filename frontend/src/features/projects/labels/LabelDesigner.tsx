/** Designs the label schema: question, classes and marks, in an order, with keys and codes. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type AnswerMode, type LabelSchema, saveLabelSchema } from '../../../api/projects';
import { Failed } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { t } from '../../../words/t';
import { AttributeRows } from './AttributeRows';
import { LabelPreview } from './LabelPreview';
import { LabelRows } from './LabelRows';
import styles from './Labels.module.css';
import {
  addLabel,
  draftFrom,
  emptyDraft,
  findFlaws,
  KINDS,
  MODES,
  type SchemaDraft,
  toRequest,
} from './labelDraft';
import { OutcomeFields } from './OutcomeFields';

interface Props {
  projectId: string;
  schema: LabelSchema | null;
}

export function LabelDesigner({ projectId, schema }: Props) {
  const client = useQueryClient();
  const saved = useMemo(() => (schema ? draftFrom(schema) : emptyDraft()), [schema]);
  const [draft, setDraft] = useState<SchemaDraft>(saved);
  const flaws = findFlaws(draft);
  const isChanged = JSON.stringify(toRequest(draft)) !== JSON.stringify(toRequest(saved));
  const save = useMutation({
    mutationFn: () => saveLabelSchema(projectId, toRequest(draft)),
    onSuccess: (next) => {
      client.setQueryData(['project', projectId, 'label-schema'], next);
      setDraft(draftFrom(next));
    },
  });
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <Panel
          title={t('Labels')}
          side={schema ? t('version {version}', { version: schema.version }) : t('not saved yet')}
        >
          <QuestionFields draft={draft} onChange={(change) => setDraft({ ...draft, ...change })} />
          <LabelRows draft={draft} flaws={flaws} onChange={setDraft} />
          <div className={styles.actions}>
            {KINDS.map((kind) => (
              <Button
                key={kind.value}
                variant="default"
                leftSection={<IconPlus size={14} />}
                onClick={() => setDraft(addLabel(draft, kind.value, crypto.randomUUID()))}
              >
                {kind.label}
              </Button>
            ))}
          </div>
          {flaws
            .filter((flaw) => flaw.row === null)
            .map((flaw) => (
              <p key={flaw.text} className={styles.note}>
                {flaw.text}.
              </p>
            ))}
        </Panel>
        <Panel title={t('Attributes')}>
          <AttributeRows draft={draft} flaws={flaws} onChange={setDraft} />
        </Panel>
        <Panel title={t('Outcome')}>
          <OutcomeFields draft={draft} onChange={(change) => setDraft({ ...draft, ...change })} />
        </Panel>
        <Panel title={t('Save')}>
          <div className={styles.actions}>
            <Button
              disabled={!isChanged || flaws.length > 0}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {schema?.is_used
                ? t('Save as version {version}', { version: schema.version + 1 })
                : t('Save')}
            </Button>
            <Button variant="subtle" disabled={!isChanged} onClick={() => setDraft(saved)}>
              {t('Undo all changes')}
            </Button>
          </div>
          <Failed error={save.error} />
          <p className={styles.note}>{consequence(schema)}</p>
        </Panel>
      </div>
      <LabelPreview draft={draft} />
    </div>
  );
}

function consequence(schema: LabelSchema | null): string {
  if (!schema) return t('Readers can begin once the labels are saved and there are images.');
  if (!schema.is_used)
    return t('No read uses this version yet, so it can still be edited in place.');
  return t(
    'Version {version} is in use by reads and never changes; saving makes a new one. {count, plural, one {# label} other {# labels}} in this version.',
    { version: schema.version, count: schema.labels.length },
  );
}

interface QuestionProps {
  draft: SchemaDraft;
  onChange: (change: Partial<SchemaDraft>) => void;
}

function QuestionFields({ draft, onChange }: QuestionProps) {
  return (
    <div className={styles.question}>
      <TextInput
        label={t('Question')}
        disabled={draft.answerMode === 'none'}
        maxLength={300}
        value={draft.question}
        onChange={(event) => onChange({ question: event.currentTarget.value })}
      />
      <Select
        label={t('Answer')}
        data={MODES}
        value={draft.answerMode}
        onChange={(mode) => mode && onChange({ answerMode: mode as AnswerMode })}
      />
    </div>
  );
}
