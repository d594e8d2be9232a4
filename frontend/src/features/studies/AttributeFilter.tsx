/** Conditions on any DICOM attribute: written one at a time, each taken away by a click. */
import { TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { t } from '../../words/t';
import styles from './Studies.module.css';

const MOST = 10;
const HELP = `One series has to fulfil all of them. Names are keywords or tags:
KVP=120 · SliceThickness<=1.5 · KVP=100..120 · ConvolutionKernel=B*f
StudyDate=20240101.. · ContrastBolusAgent (present) · !Laterality (absent)
00189345>5 · ViewCodeSequence.CodeValue=R-10242`;

interface Props {
  conditions: readonly string[];
  onChange: (conditions: string[] | undefined) => void;
}

export function AttributeFilter({ conditions, onChange }: Props) {
  const [text, setText] = useState('');
  const set = (next: string[]) => onChange(next.length > 0 ? next : undefined);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const said = text.trim();
    if (said === '' || conditions.length >= MOST) return;
    if (!conditions.includes(said)) set([...conditions, said]);
    setText('');
  };
  return (
    <section className={styles.facet} aria-label={t('DICOM attributes')}>
      <h2>{t('DICOM attributes')}</h2>
      {conditions.map((said) => (
        <button
          key={said}
          type="button"
          className={styles.value}
          aria-pressed="true"
          aria-label={t('Take away {said}', { said })}
          title={said}
          onClick={() => set(conditions.filter((other) => other !== said))}
        >
          <span>{said}</span>
          <IconX size={14} aria-hidden="true" />
        </button>
      ))}
      <form onSubmit={add}>
        <TextInput
          aria-label={t('Condition on a DICOM attribute')}
          placeholder="KVP=100..120"
          title={HELP}
          size="xs"
          maxLength={400}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </form>
    </section>
  );
}
