/** Reasons for leaving a case out, and whether image quality is judged. */
import { Select, TagsInput } from '@mantine/core';
import { t } from '../../../words/t';
import { renamed } from './attributeDraft';
import styles from './Labels.module.css';
import { QUALITY_RULES, type SchemaDraft } from './labelDraft';

interface Props {
  draft: SchemaDraft;
  onChange: (change: Partial<SchemaDraft>) => void;
}

export function OutcomeFields({ draft, onChange }: Props) {
  return (
    <div className={styles.question}>
      <TagsInput
        label={t('Reasons for excluding a case')}
        description={t('Enter after each; without any, cases can only be skipped')}
        maxTags={30}
        value={draft.exclusionReasons.map(({ name }) => name)}
        onChange={(names) => onChange({ exclusionReasons: renamed(draft.exclusionReasons, names) })}
      />
      <Select
        label={t('Verdict on image quality')}
        description={t('Diagnostic, limited, non-diagnostic')}
        data={QUALITY_RULES}
        value={draft.qualityVerdict}
        onChange={(rule) =>
          rule && onChange({ qualityVerdict: rule as SchemaDraft['qualityVerdict'] })
        }
      />
    </div>
  );
}
