/** The question of the case and its classes, each with its key. */
import { memo } from 'react';
import type { ReadingCase } from '../../api/reading';
import { KeyCap } from '../../ui/KeyCap';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { labelsOf } from './caseCommands';
import { answerOf } from './items';
import styles from './Panel.module.css';
import { useReading } from './store';

interface AnswerPanelProps {
  readonly reading: ReadingCase;
  readonly isMissing: boolean;
}

export const AnswerPanel = memo(function AnswerPanel({ reading, isMissing }: AnswerPanelProps) {
  const { label_schema: schema } = reading;
  const items = useReading((state) => state.items);
  const isReadOnly = useReading((state) => state.isReadOnly);
  const chooseClass = useReading((state) => state.chooseClass);
  const chosen = answerOf(items)?.label_keys ?? [];
  const mode = schema.answer_mode;
  const classes = labelsOf(schema, 'class');
  if (mode === 'none' || classes.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="question">
      <h2 id="question" className={styles.heading}>
        {schema.question || t('Question')}
        {mode === 'multi' && <span className={styles.muted}>{t('all that apply')}</span>}
      </h2>
      <fieldset className={styles.choices} aria-labelledby="question">
        {classes.map((label) => {
          const isChosen = chosen.includes(label.key);
          return (
            <button
              key={label.key}
              type="button"
              {...{ role: mode === 'multi' ? 'checkbox' : 'radio', 'aria-checked': isChosen }}
              className={styles.answer}
              data-chosen={isChosen}
              disabled={isReadOnly}
              onMouseDown={keepFocus}
              onClick={() => chooseClass(label.key, mode, () => crypto.randomUUID())}
            >
              <span className={styles.key}>
                {label.hotkey && <KeyCap shortcut={label.hotkey} />}
              </span>
              <i
                className={mode === 'multi' ? styles.box : styles.radio}
                style={{ borderColor: label.colour, background: isChosen ? label.colour : 'none' }}
                aria-hidden="true"
              />
              <span className={styles.name} title={label.code_meaning ?? label.name}>
                {label.name}
              </span>
            </button>
          );
        })}
      </fieldset>
      {isMissing && (
        <p className={styles.bad} role="alert">
          {t('Choose an answer, then submit.')}
        </p>
      )}
    </section>
  );
});
