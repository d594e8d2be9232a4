/** One label in the designer. */
import { ActionIcon, Select, TextInput } from '@mantine/core';
import { IconGripVertical, IconTrash } from '@tabler/icons-react';
import type { DragEvent, KeyboardEvent } from 'react';
import type { LabelKind } from '../../../api/projects';
import { t } from '../../../words/t';
import styles from './Labels.module.css';
import { KINDS, type LabelDraft } from './labelDraft';

interface Props {
  label: LabelDraft;
  flaws: readonly string[];
  isTarget: boolean;
  isDragged: boolean;
  onChange: (change: Partial<LabelDraft>) => void;
  onRemove: () => void;
  /** -1 is up, 1 is down. */
  onStep: (step: number) => void;
  onDragStart: (event: DragEvent) => void;
  onDragOver: (event: DragEvent) => void;
  onDrop: (event: DragEvent) => void;
  onDragEnd: () => void;
}

export function LabelRow(props: Props) {
  const { label, flaws, onChange } = props;
  const known = label.name.trim() || t('new label');
  const onGripKey = (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    props.onStep(step);
  };
  const onHotkey = (text: string) => {
    const key = text.toLowerCase().at(-1) ?? '';
    onChange({ hotkey: /[0-9a-z]/.test(key) ? key : '' });
  };
  const classes = [
    styles.row,
    props.isTarget ? styles.target : '',
    props.isDragged ? styles.dragged : '',
  ];
  return (
    <li onDragOver={props.onDragOver} onDrop={props.onDrop}>
      <div className={classes.join(' ')}>
        <button
          type="button"
          className={styles.grip}
          draggable
          onDragStart={props.onDragStart}
          onDragEnd={props.onDragEnd}
          onKeyDown={onGripKey}
          aria-label={t('Move {known}: drag, or arrow up and down', { known })}
        >
          <IconGripVertical size={18} aria-hidden="true" />
        </button>
        <input
          type="color"
          className={styles.colour}
          aria-label={t('Colour of {known}', { known })}
          value={label.colour}
          onChange={(event) => onChange({ colour: event.currentTarget.value })}
        />
        <TextInput
          aria-label={t('Name of {known}', { known })}
          placeholder={t('Name')}
          maxLength={120}
          value={label.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <Select
          aria-label={t('Kind of {known}', { known })}
          data={KINDS}
          value={label.kind}
          onChange={(kind) => kind && onChange({ kind: kind as LabelKind })}
        />
        <TextInput
          aria-label={t('Key of {known}', { known })}
          value={label.hotkey.toUpperCase()}
          error={flaws.some((text) => text.includes('key'))}
          onChange={(event) => onHotkey(event.currentTarget.value)}
        />
        <TextInput
          aria-label={t('SNOMED CT code of {known}', { known })}
          placeholder={t('optional')}
          maxLength={64}
          value={label.codeValue}
          onChange={(event) => onChange({ codeValue: event.currentTarget.value })}
        />
        <TextInput
          aria-label={t('Meaning of the code of {known}', { known })}
          placeholder={t('optional')}
          maxLength={200}
          value={label.codeMeaning}
          onChange={(event) => onChange({ codeMeaning: event.currentTarget.value })}
        />
        <ActionIcon aria-label={t('Remove {known}', { known })} onClick={props.onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </div>
      {flaws.length > 0 && <p className={styles.flaws}>{flaws.join('. ')}.</p>}
    </li>
  );
}
