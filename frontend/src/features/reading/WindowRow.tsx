/** One of the reader's own windows: its name, its numbers, its key. */
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconArrowUp, IconDeviceFloppy, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { GreyWindow } from '../../viewer/frameFacts';
import { t } from '../../words/t';
import { DIGITS, type OwnWindow } from './ownWindows';
import { useReadout } from './readout';
import { windowText } from './windowText';

const KEYS = [
  { value: '', label: t('no key') },
  ...DIGITS.map((digit) => ({ value: String(digit), label: `Alt ${digit}` })),
];

interface WindowRowProps {
  readonly own: OwnWindow;
  readonly now: GreyWindow;
  readonly isFirst: boolean;
  readonly onChange: (change: Partial<OwnWindow>) => void;
  readonly onRaise: () => void;
  readonly onRemove: () => void;
}

export function WindowRow({ own, now, isFirst, onChange, onRaise, onRemove }: WindowRowProps) {
  const { name } = own;
  const viewport = useReadout((state) => state.viewport);
  const [draft, setDraft] = useState(name);
  const rename = () => {
    const next = draft.trim();
    if (next && next !== name) onChange({ name: next });
    else setDraft(name);
  };
  return (
    <li>
      <TextInput
        aria-label={t('Name of {name}', { name })}
        size="xs"
        maxLength={40}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={rename}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        aria-label={t('Use {name}', { name })}
        onClick={() => viewport?.setWindow({ center: own.center, width: own.width })}
      >
        {windowText(own)}
      </Button>
      <NativeSelect
        aria-label={t('Key of {name}', { name })}
        size="xs"
        data={KEYS}
        value={String(own.digit ?? '')}
        onChange={({ currentTarget: { value } }) => onChange({ digit: value ? +value : null })}
      />
      <ActionIcon
        color="gray"
        aria-label={t('Make {name} the window on screen', { name })}
        onClick={() => onChange({ center: now.center, width: now.width })}
      >
        <IconDeviceFloppy size={16} />
      </ActionIcon>
      <ActionIcon
        color="gray"
        aria-label={t('Move {name} up', { name })}
        disabled={isFirst}
        onClick={onRaise}
      >
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon color="gray" aria-label={t('Delete {name}', { name })} onClick={onRemove}>
        <IconTrash size={16} />
      </ActionIcon>
    </li>
  );
}
