/** Why a case is left out of the project; a reason on a digit excludes it and opens the next. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LabelSchema } from '../../api/projects';
import { CommandKey } from '../../commands/CommandKey';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { KeyCap } from '../../ui/KeyCap';
import { outcomeOf } from './items';
import { reasonName } from './outcome';
import styles from './Panel.module.css';
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
  const commands = useMemo<Command[]>(
    () => [
      ...reasons.slice(0, 9).map(({ key, name }, index) => ({
        id: `exclude.${index}`,
        title: `Exclude: ${name}`,
        section: 'Exclude',
        shortcut: String(index + 1),
        run: () => onExclude(key, note),
      })),
      {
        id: 'exclude.back',
        title: 'Do not exclude',
        section: 'Exclude',
        shortcut: '0',
        isEnabled: () => isExcluded,
        run: () => onExclude(null, ''),
      },
      {
        id: 'exclude.cancel',
        title: 'Close without a change',
        section: 'Exclude',
        shortcut: 'escape',
        run: onCancel,
      },
      // While this panel is open Enter must not submit the case.
      {
        id: 'exclude.none',
        title: 'Choose a reason first',
        section: 'Exclude',
        shortcut: 'enter',
        isEnabled: () => false,
        run: () => undefined,
      },
    ],
    [reasons, note, isExcluded, onExclude, onCancel],
  );
  useCommands('reading.exclude', commands);
  return (
    <section ref={panel} tabIndex={-1} className={styles.notice} aria-label="Exclude this case">
      <b>Why leave this case out?</b>
      <p className={styles.muted}>
        It is not asked for again, no model learns from it, and datasets leave it out. A review can
        bring it back.
      </p>
      <TextInput
        label="A word for the reviewer"
        placeholder="optional"
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          if (event.key === 'Enter') panel.current?.focus();
        }}
      />
      {reasons.map(({ key, name }, index) => (
        <button
          key={key}
          type="button"
          className={styles.answer}
          onClick={() => onExclude(key, note)}
        >
          <span className={styles.key}>{index < 9 && <KeyCap shortcut={String(index + 1)} />}</span>
          <span className={styles.name}>{name}</span>
        </button>
      ))}
      {isExcluded && (
        <Button
          variant="default"
          onClick={() => onExclude(null, '')}
          rightSection={<KeyCap shortcut="0" />}
        >
          Do not exclude
        </Button>
      )}
      <Button
        variant="subtle"
        color="gray"
        onClick={onCancel}
        rightSection={<KeyCap shortcut="escape" />}
      >
        Keep reading
      </Button>
    </section>
  );
}

/** Says that the case on screen is left out, and why. */
export function ExcludedNotice({ schema }: { readonly schema: LabelSchema }) {
  const outcome = useReading(({ items }) => outcomeOf(items));
  const isReadOnly = useReading((state) => state.isReadOnly);
  if (!outcome?.exclusion) return null;
  return (
    <section className={styles.notice} aria-label="Excluded">
      <b>Excluded: {reasonName(schema, outcome.exclusion)}</b>
      {outcome.note && <p className={styles.plain}>{outcome.note}</p>}
      {!isReadOnly && (
        <p className={styles.muted}>
          <CommandKey id="case.exclude" /> changes or takes it back.
        </p>
      )}
    </section>
  );
}
