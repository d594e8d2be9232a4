/** Why a case is skipped: one key for the usual reasons, or a sentence. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useCommands } from '../../commands/useCommands';
import { t } from '../../words/t';
import styles from './Panel.module.css';
import { KeepReading, ReasonList, reasonCommands } from './ReasonList';

/** As stored with the case, in one language, and as shown. */
const REASONS = Object.entries({
  'Image quality too poor': t('Image quality too poor'),
  'Wrong body part or view': t('Wrong body part or view'),
  'Not a medical image': t('Not a medical image'),
  'Outside my expertise': t('Outside my expertise'),
}).map(([key, name]) => ({ key, name }));

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
        verb: t('Skip'),
        reasons: REASONS,
        onChoose: onSkip,
        cancel: { title: t('Do not skip'), keys: ['escape', 'k'] },
        onCancel,
      }),
    [onSkip, onCancel],
  );
  useCommands('reading.skip', commands);
  return (
    <section ref={panel} tabIndex={-1} className={styles.notice} aria-label={t('Skip this case')}>
      <b>{t('Why skip this case?')}</b>
      <ReasonList reasons={REASONS} onChoose={onSkip} />
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault();
          if (other.trim()) onSkip(other.trim());
        }}
      >
        <TextInput
          aria-label={t('Another reason')}
          placeholder={t('Another reason')}
          maxLength={500}
          value={other}
          onChange={(event) => setOther(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && onCancel()}
          style={{ flex: 1 }}
        />
        <Button type="submit" variant="default" disabled={!other.trim()}>
          {t('Skip')}
        </Button>
      </form>
      <KeepReading onCancel={onCancel} />
    </section>
  );
}
