/** Why a case is left out of the project; a reason on a digit excludes it and opens the next. */
import { Button, TextInput } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { LabelSchema } from '../../api/projects';
import { CommandKey } from '../../commands/CommandKey';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { KeyCap } from '../../ui/KeyCap';
import { t } from '../../words/t';
import { outcomeOf } from './items';
import { reasonName } from './outcome';
import styles from './Panel.module.css';
import { KeepReading, ReasonList, reasonCommands } from './ReasonList';
import { useReading } from './store';

interface ExcludePanelProps {
  readonly schema: LabelSchema;
  /** Null takes an exclusion back. */
  readonly onExclude: (reason: string | null, note: string) => void;
  readonly onCancel: () => void;
}

export function ExcludePanel({ schema, onExclude, onCancel }: ExcludePanelProps) {
  const isExcluded = useReading(({ items }) => outcomeOf(items)?.exclusion != null);
  const [note, setNote] = useState(() => outcomeOf(useReading.getState().items)?.note ?? '');
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  const reasons = schema.exclusion_reasons;
  const choose = useCallback((key: string) => onExclude(key, note), [onExclude, note]);
  const commands = useMemo<Command[]>(
    () => [
      ...reasonCommands({
        id: 'exclude',
        verb: t('Exclude'),
        reasons,
        onChoose: choose,
        cancel: { title: t('Close without a change'), keys: ['escape'] },
        onCancel,
      }),
      {
        id: 'exclude.back',
        title: t('Do not exclude'),
        section: t('Exclude'),
        shortcut: '0',
        isEnabled: () => isExcluded,
        run: () => onExclude(null, ''),
      },
    ],
    [reasons, choose, isExcluded, onExclude, onCancel],
  );
  useCommands('reading.exclude', commands);
  return (
    <section
      ref={panel}
      tabIndex={-1}
      className={styles.notice}
      aria-label={t('Exclude this case')}
    >
      <b>{t('Why leave this case out?')}</b>
      <p className={styles.muted}>
        {t(
          'It is not asked for again, no model learns from it, and datasets leave it out. A review can bring it back.',
        )}
      </p>
      <TextInput
        label={t('A word for the reviewer')}
        placeholder={t('optional')}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          if (event.key === 'Enter') panel.current?.focus();
        }}
      />
      <ReasonList reasons={reasons} onChoose={choose} />
      {isExcluded && (
        <Button
          variant="default"
          onClick={() => onExclude(null, '')}
          rightSection={<KeyCap shortcut="0" />}
        >
          {t('Do not exclude')}
        </Button>
      )}
      <KeepReading onCancel={onCancel} />
    </section>
  );
}

/** Says that the case on screen is left out, and why. */
export function ExcludedNotice({ schema }: { readonly schema: LabelSchema }) {
  const outcome = useReading(({ items }) => outcomeOf(items));
  const isReadOnly = useReading((state) => state.isReadOnly);
  if (!outcome?.exclusion) return null;
  return (
    <section className={styles.notice} aria-label={t('Excluded')}>
      <b>{t('Excluded: {reason}', { reason: reasonName(schema, outcome.exclusion) })}</b>
      {outcome.note && <p className={styles.plain}>{outcome.note}</p>}
      {!isReadOnly && (
        <p className={styles.muted}>
          <CommandKey id="case.exclude" /> {t('changes or takes it back.')}
        </p>
      )}
    </section>
  );
}
