/** One attribute: choices on the digits while it is asked, or a field for a number or a text. */
import { useEffect, useRef } from 'react';
import type { Attribute } from '../../api/projects';
import type { AttributeValue } from '../../api/reading';
import { KeyCap } from '../../ui/KeyCap';
import { t } from '../../words/t';
import { AttributeField } from './AttributeField';
import styles from './Attributes.module.css';
import { afterChoice, whyNot } from './attributes';
import { choicesOf, lackText } from './attributeWords';
import { keepFocus } from './CommandButton';
import panel from './Panel.module.css';
import { type Asking, useReading } from './store';
import { useChoiceKeys } from './useChoiceKeys';

export interface AttributeRowProps {
  readonly attribute: Attribute;
  readonly at: Asking;
  readonly value: AttributeValue | undefined;
  readonly isAsked: boolean;
  readonly isReadOnly: boolean;
  readonly isStrict: boolean;
  /** The answer is complete: go on to the next open one. */
  readonly onDone: (at: Asking) => void;
}

const newId = () => crypto.randomUUID();

export function AttributeRow(props: AttributeRowProps) {
  const { attribute, at, value, isAsked, isReadOnly } = props;
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isAsked) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isAsked]);
  const isTyped = choicesOf(attribute).length === 0;
  const answer = (next: AttributeValue | undefined) =>
    useReading.getState().answerAttribute(at, next, { newId, isTyped });
  const why = whyNot(attribute, value);
  const isWrong = why !== null && (props.isStrict || why !== 'missing');
  return (
    <div ref={row} className={styles.row} data-asked={isAsked} data-wrong={isWrong}>
      <span className={styles.name} id={`attribute-${at.target}-${attribute.key}`}>
        {attribute.name}
        {attribute.is_required && (
          <span className={styles.required} title={t('Must be answered')}>
            {' '}
            *
          </span>
        )}
      </span>
      {!isTyped ? (
        <Choices {...props} answer={answer} />
      ) : (
        <AttributeField
          attribute={attribute}
          value={value}
          isAsked={isAsked}
          isReadOnly={isReadOnly}
          onFocus={() => useReading.getState().ask(at)}
          onChange={answer}
          onDone={() => props.onDone(at)}
          onLeave={() => useReading.getState().ask(null)}
        />
      )}
      {isWrong && why && (
        <span className={panel.bad} role="alert">
          {lackText(attribute, why)}
        </span>
      )}
    </div>
  );
}

interface ChoicesProps extends AttributeRowProps {
  readonly answer: (value: AttributeValue | undefined) => void;
}

function Choices({ attribute, at, value, isAsked, isReadOnly, onDone, answer }: ChoicesProps) {
  const isMulti = attribute.kind === 'multi';
  const choices = choicesOf(attribute);
  const press = (key: string) => {
    const next = afterChoice(attribute, value, key);
    answer(next);
    if (!isMulti && next !== undefined) onDone(at);
  };
  useChoiceKeys(attribute, isAsked && !isReadOnly, press);
  const said = [value].flat();
  return (
    <fieldset
      className={styles.choices}
      aria-labelledby={`attribute-${at.target}-${attribute.key}`}
    >
      {choices.map(({ key, name }, index) => (
        <button
          key={key}
          type="button"
          {...{ role: isMulti ? 'checkbox' : 'radio', 'aria-checked': said.includes(key) }}
          className={styles.choice}
          data-chosen={said.includes(key)}
          disabled={isReadOnly}
          onMouseDown={keepFocus}
          onClick={() => press(key)}
        >
          {isAsked && index < 9 && <KeyCap shortcut={String(index + 1)} />}
          {name}
        </button>
      ))}
    </fieldset>
  );
}
