/** Where one is, why, whether everything is saved, and the way out. */
import { ActionIcon, Popover, Tooltip, UnstyledButton } from '@mantine/core';
import { IconArrowLeft, IconChevronDown, IconSparkles, IconX } from '@tabler/icons-react';
import { memo } from 'react';
import type { ReadingCase } from '../../api/reading';
import { CommandKey } from '../../commands/CommandKey';
import { KeyCap } from '../../ui/KeyCap';
import { t, told } from '../../words/t';
import { CaseTrust } from './CaseTrust';
import { keepFocus } from './CommandButton';
import { type CaseActions, sentence } from './caseCommands';
import { placeOf } from './place';
import styles from './Reading.module.css';
import { SaveBadge } from './SaveBadge';
import type { Kept, SaveState } from './saveState';
import { useReading } from './store';

export interface TopBarProps {
  readonly reading: ReadingCase;
  readonly save: SaveState;
  readonly kept: Kept;
  readonly actions: CaseActions;
}

/** Stays as it is while the reader scrolls. */
export const TopBar = memo(function TopBar({ reading, save, kept, actions }: TopBarProps) {
  const { study, position } = reading;
  const about = [study.modality, study.body_part, personOf(study)].filter(Boolean).join(' · ');
  return (
    <header className={styles.top}>
      <Tooltip label={<Hint text={t('Back to the last case')} id="case.back" />}>
        <ActionIcon
          color="gray"
          aria-label={t('Back to the last case')}
          onMouseDown={keepFocus}
          onClick={actions.back}
        >
          <IconArrowLeft size={18} />
        </ActionIcon>
      </Tooltip>
      <h1 className={styles.caseTitle}>
        {reading.read.is_mine ? placeOf(position) : t('Read for review')}
      </h1>
      <span className={styles.about} title={`${study.pseudonym} · ${about}`}>
        <b>{study.pseudonym}</b> {about}
      </span>
      <CaseTrust studyId={study.id} />
      {reading.reason?.text && <Why reason={reading.reason} />}
      <span className={styles.push} />
      <SaveBadge save={save} kept={kept} isReadOnly={actions.isReadOnly} />
      {reading.stage === 'first' && !actions.isReadOnly && (
        <span className={styles.stage}>{t('First read, no AI')}</span>
      )}
      {(reading.suggestion || reading.unit_suggestions.length > 0) && <AiSwitch />}
      <span className={styles.hint}>
        <KeyCap shortcut="mod+k" /> <KeyCap shortcut="?" />
      </span>
      <Tooltip label={<Hint text={t('Close')} id="case.close" />}>
        <ActionIcon
          color="gray"
          aria-label={t('Close the reading room')}
          onMouseDown={keepFocus}
          onClick={actions.close}
        >
          <IconX size={18} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
});

const personOf = ({ sex, age_years }: ReadingCase['study']): string =>
  [sex, age_years === null ? null : t('{age} y', { age: age_years })].filter(Boolean).join(' ');

function Hint({ text, id }: { readonly text: string; readonly id: string }) {
  return (
    <span className={styles.tip}>
      {text} <CommandKey id={id} />
    </span>
  );
}

function Why({ reason }: { readonly reason: NonNullable<ReadingCase['reason']> }) {
  return (
    <Popover position="bottom-start" width={360} withinPortal shadow="none">
      <Popover.Target>
        <UnstyledButton className={styles.why} onMouseDown={keepFocus}>
          <span>{sentence(told(reason.text))}</span> <IconChevronDown size={14} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <b>{t('Why this case')}</b>
        <p className={styles.plain}>{sentence(told(reason.text))}</p>
        <p className={styles.muted}>{told(reason.arm_label)}</p>
      </Popover.Dropdown>
    </Popover>
  );
}

function AiSwitch() {
  const isAiOn = useReading((state) => state.isAiOn);
  const arrange = useReading((state) => state.arrange);
  return (
    <Tooltip label={<Hint text={t('Suggestion on or off')} id="case.ai" />}>
      <UnstyledButton
        className={styles.ai}
        aria-pressed={isAiOn}
        onMouseDown={keepFocus}
        onClick={() => arrange({ isAiOn: !isAiOn })}
      >
        <IconSparkles size={14} aria-hidden="true" /> {isAiOn ? t('AI on') : t('AI off')}
      </UnstyledButton>
    </Tooltip>
  );
}
