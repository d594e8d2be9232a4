/** One attribute in the designer: what it asks, of what, and when. */
import { ActionIcon, Checkbox, MultiSelect, Select, TagsInput, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import type { AttributeKind, AttributeScope } from '../../../api/projects';
import { t } from '../../../words/t';
import {
  ATTRIBUTE_KINDS,
  type AttributeDraft,
  answersOf,
  conditionsFor,
  hasChoices,
  renamed,
  SCOPES,
} from './attributeDraft';
import styles from './Labels.module.css';
import type { SchemaDraft } from './labelDraft';

interface Props {
  attribute: AttributeDraft;
  draft: SchemaDraft;
  flaws: readonly string[];
  isFirst: boolean;
  isLast: boolean;
  onChange: (change: Partial<AttributeDraft>) => void;
  /** -1 is up, 1 is down. */
  onStep: (by: number) => void;
  onRemove: () => void;
}

export function AttributeCard(props: Props) {
  const { attribute: one, flaws, onChange } = props;
  const known = one.name.trim() || t('new attribute');
  return (
    <section className={styles.card} aria-label={known}>
      <div className={styles.cardRow}>
        <TextInput
          label={t('Attribute')}
          placeholder={t('Margin // of a lesion')}
          maxLength={200}
          value={one.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <Select
          label={t('Asked of')}
          data={SCOPES}
          value={one.scope}
          onChange={(scope) => scope && onChange({ scope: scope as AttributeScope })}
        />
        <Select
          label={t('Answer')}
          data={ATTRIBUTE_KINDS}
          value={one.kind}
          onChange={(kind) => kind && onChange({ kind: kind as AttributeKind })}
        />
        <Checkbox
          className={styles.check}
          label={t('Required')}
          checked={one.isRequired}
          onChange={(event) => onChange({ isRequired: event.currentTarget.checked })}
        />
        <span className={styles.steps}>
          <ActionIcon
            aria-label={t('Move {known} up', { known })}
            disabled={props.isFirst}
            onClick={() => props.onStep(-1)}
          >
            <IconArrowUp size={16} />
          </ActionIcon>
          <ActionIcon
            aria-label={t('Move {known} down', { known })}
            disabled={props.isLast}
            onClick={() => props.onStep(1)}
          >
            <IconArrowDown size={16} />
          </ActionIcon>
          <ActionIcon aria-label={t('Remove {known}', { known })} onClick={props.onRemove}>
            <IconTrash size={16} />
          </ActionIcon>
        </span>
      </div>
      <AnswerFields {...props} />
      <WhenFields {...props} />
      {flaws.length > 0 && <p className={styles.cardFlaws}>{flaws.join('. ')}.</p>}
    </section>
  );
}

function AnswerFields({ attribute: one, onChange }: Props) {
  if (hasChoices(one))
    return (
      <TagsInput
        label={t('Choices')}
        description={t('Enter after each')}
        maxTags={100}
        value={one.choices.map(({ name }) => name)}
        onChange={(names) => onChange({ choices: renamed(one.choices, names) })}
      />
    );
  if (one.kind !== 'number') return null;
  const field = (label: string, name: 'unit' | 'minimum' | 'maximum') => (
    <TextInput
      label={label}
      maxLength={20}
      value={one[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <div className={styles.numberRow}>
      {field(t('Unit'), 'unit')}
      {field(t('Smallest'), 'minimum')}
      {field(t('Largest'), 'maximum')}
    </div>
  );
}

function WhenFields({ attribute: one, draft, onChange }: Props) {
  const isOfLabels = one.scope === 'study' || one.scope === 'region';
  const labels = draft.labels.filter(
    ({ kind, name }) => (kind === 'class') === (one.scope === 'study') && name.trim() !== '',
  );
  const above = conditionsFor(draft.attributes, one);
  const other = above.find(({ row }) => row === one.shownWhen?.row);
  return (
    <div className={styles.whenRow}>
      {isOfLabels && (
        <MultiSelect
          label={t('Only for')}
          placeholder={one.labelRows.length > 0 ? '' : t('any label')}
          data={labels.map(({ row, name }) => ({ value: row, label: name }))}
          value={[...one.labelRows]}
          onChange={(labelRows) => onChange({ labelRows })}
        />
      )}
      {(above.length > 0 || one.shownWhen) && (
        <Select
          label={t('Shown when')}
          placeholder={t('always')}
          clearable
          data={above.map(({ row, name }) => ({ value: row, label: name }))}
          value={one.shownWhen?.row ?? null}
          onChange={(row) => onChange({ shownWhen: row ? { row, anyOf: [] } : null })}
        />
      )}
      {other && (
        <MultiSelect
          label={t('is')}
          data={answersOf(other)}
          value={[...(one.shownWhen?.anyOf ?? [])]}
          onChange={(anyOf) => onChange({ shownWhen: { row: other.row, anyOf } })}
        />
      )}
    </div>
  );
}
