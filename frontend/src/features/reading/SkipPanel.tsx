/** Why a case is skipped: one key for the usual reasons, or a sentence. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { KeyCap } from '../../ui/KeyCap';
import styles from './Panel.module.css';

const REASONS: readonly string[] = [
  'Image quality too poor',
  'Wrong body part or view',
  'Not a medical image',
  'Outside my expertise',
];

interface SkipPanelProps {
  readonly onSkip: (reason: string) => void;
  readonly onCancel: () => void;
}

export function SkipPanel({ onSkip, onCancel }: SkipPanelProps) {
  const [other, setOther] = useState('');
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  const commands = useMemo<Command[]>(
    () => [
      ...REASONS.map((reason, index) => ({
        id: `skip.${index}`,
        title: `Skip: ${reason}`,
        section: 'Skip',
        shortcut: String(index + 1),
        run: () => onSkip(reason),
      })),
      {
        id: 'skip.cancel',
        title: 'Do not skip',
        section: 'Skip',
        shortcut: ['escape', 'k'],
        run: onCancel,
      },
      // While this panel is open Enter must not submit the case.
      {
        id: 'skip.none',
        title: 'Choose a reason first',
        section: 'Skip',
        shortcut: 'enter',
        isEnabled: () => false,
        run: () => undefined,
      },
    ],
    [onSkip, onCancel],
  );
  useCommands('reading.skip', commands);
  return (
    <section ref={panel} tabIndex={-1} className={styles.notice} aria-label="Skip this case">
      <b>Why skip this case?</b>
      {REASONS.map((reason, index) => (
        <button key={reason} type="button" className={styles.answer} onClick={() => onSkip(reason)}>
          <span className={styles.key}>
            <KeyCap shortcut={String(index + 1)} />
          </span>
          <span className={styles.name}>{reason}</span>
        </button>
      ))}
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault();
          if (other.trim()) onSkip(other.trim());
        }}
      >
        <TextInput
          aria-label="Another reason"
          placeholder="Another reason"
          maxLength={500}
          value={other}
          onChange={(event) => setOther(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && onCancel()}
          style={{ flex: 1 }}
        />
        <Button type="submit" variant="default" disabled={!other.trim()}>
          Skip
        </Button>
      </form>
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
