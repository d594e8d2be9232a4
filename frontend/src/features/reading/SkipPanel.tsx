/** Why a case is skipped: one key for the usual reasons, or a sentence. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useCommands } from '../../commands/useCommands';
import styles from './Panel.module.css';
import { KeepReading, ReasonList, reasonCommands } from './ReasonList';

const REASONS = [
  'Image quality too poor',
  'Wrong body part or view',
  'Not a medical image',
  'Outside my expertise',
].map((name) => ({ key: name, name }));

interface SkipPanelProps {
  readonly onSkip: (reason: string) => void;
  readonly onCancel: () => void;
}

export function SkipPanel({ onSkip, onCancel }: SkipPanelProps) {
  const [other, setOther] = useState('');
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  const commands = useMemo(
    () =>
      reasonCommands({
        id: 'skip',
        verb: 'Skip',
        reasons: REASONS,
        onChoose: onSkip,
        cancel: { title: 'Do not skip', keys: ['escape', 'k'] },
        onCancel,
      }),
    [onSkip, onCancel],
  );
  useCommands('reading.skip', commands);
  return (
    <section ref={panel} tabIndex={-1} className={styles.notice} aria-label="Skip this case">
      <b>Why skip this case?</b>
      <ReasonList reasons={REASONS} onChoose={onSkip} />
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
      <KeepReading onCancel={onCancel} />
    </section>
  );
}
