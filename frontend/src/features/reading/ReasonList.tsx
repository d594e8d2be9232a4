/** Reasons on digits: the list a panel shows, and the keys it takes while it is open. */
import { Button } from '@mantine/core';
import type { Command } from '../../commands/registry';
import { KeyCap } from '../../ui/KeyCap';
import { t } from '../../words/t';
import styles from './Panel.module.css';

export interface ReasonChoice {
  readonly key: string;
  readonly name: string;
}

interface ReasonListProps {
  readonly reasons: readonly ReasonChoice[];
  readonly onChoose: (key: string) => void;
}

/** Reasons that have a digit; the others are pressed. */
const ON_DIGITS = 9;

export function ReasonList({ reasons, onChoose }: ReasonListProps) {
  return reasons.map(({ key, name }, index) => (
    <button key={key} type="button" className={styles.answer} onClick={() => onChoose(key)}>
      <span className={styles.key}>
        {index < ON_DIGITS && <KeyCap shortcut={String(index + 1)} />}
      </span>
      <span className={styles.name}>{name}</span>
    </button>
  ));
}

/** Leaves a panel of reasons as if it had not been opened. */
export function KeepReading({ onCancel }: { readonly onCancel: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      onClick={onCancel}
      rightSection={<KeyCap shortcut="escape" />}
    >
      {t('Keep reading')}
    </Button>
  );
}

interface PanelKeys {
  readonly id: string;
  /** What a reason does: "Skip". */
  readonly verb: string;
  readonly reasons: readonly ReasonChoice[];
  readonly onChoose: (key: string) => void;
  readonly cancel: { readonly title: string; readonly keys: readonly string[] };
  readonly onCancel: () => void;
}

/** The keys of a panel that wants a reason; meanwhile Enter must not submit the case. */
export function reasonCommands({ id, verb, reasons, cancel, ...on }: PanelKeys): Command[] {
  return [
    ...reasons.slice(0, ON_DIGITS).map(({ key, name }, index) => ({
      id: `${id}.${index}`,
      title: `${verb}: ${name}`,
      section: verb,
      shortcut: String(index + 1),
      run: () => on.onChoose(key),
    })),
    {
      id: `${id}.cancel`,
      title: cancel.title,
      section: verb,
      shortcut: cancel.keys,
      run: on.onCancel,
    },
    {
      id: `${id}.none`,
      title: t('Choose a reason first'),
      section: verb,
      shortcut: 'enter',
      isEnabled: () => false,
      run: () => undefined,
    },
  ];
}
