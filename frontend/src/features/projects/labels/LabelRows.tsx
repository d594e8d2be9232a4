/** The labels of a design as rows that can be dragged into an order. */
import { type DragEvent, useState } from 'react';
import { t } from '../../../words/t';
import type { Flaw } from './attributeDraft';
import { LabelRow } from './LabelRow';
import styles from './Labels.module.css';
import { changeLabel, moveLabel, removeLabel, type SchemaDraft } from './labelDraft';

interface Props {
  draft: SchemaDraft;
  flaws: readonly Flaw[];
  onChange: (draft: SchemaDraft) => void;
}

export function LabelRows({ draft, flaws, onChange }: Props) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [target, setTarget] = useState<number | null>(null);
  const stop = () => {
    setDragged(null);
    setTarget(null);
  };
  const start = (event: DragEvent, row: string) => {
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', row);
    setDragged(row);
  };
  if (draft.labels.length === 0) return null;
  return (
    <>
      <div className={`${styles.row} ${styles.heading}`} aria-hidden="true">
        <span />
        <span />
        <span>{t('Name')}</span>
        <span>{t('Kind')}</span>
        <span>{t('Key')}</span>
        <span>{t('SNOMED CT')}</span>
        <span>{t('Meaning of the code')}</span>
        <span />
      </div>
      <ul className={styles.list}>
        {draft.labels.map((label, index) => (
          <LabelRow
            key={label.row}
            label={label}
            flaws={flaws.filter((flaw) => flaw.row === label.row).map((flaw) => flaw.text)}
            isTarget={target === index && dragged !== null && dragged !== label.row}
            isDragged={dragged === label.row}
            onChange={(change) => onChange(changeLabel(draft, label.row, change))}
            onRemove={() => onChange(removeLabel(draft, label.row))}
            onStep={(step) => onChange(moveLabel(draft, label.row, index + step))}
            onDragStart={(event) => start(event, label.row)}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setTarget(index);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) onChange(moveLabel(draft, dragged, index));
              stop();
            }}
            onDragEnd={stop}
          />
        ))}
      </ul>
    </>
  );
}
