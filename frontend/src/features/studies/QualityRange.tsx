/** Narrows the list to studies whose measure lies in a range; empty ends are open. */
import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { Measure } from '../../api/studies';
import { t } from '../../words/t';

interface Props {
  measure: Measure;
  /** All ranges in force, each `measure:least:most`. */
  ranges: readonly string[];
  onChange: (ranges: string[] | undefined) => void;
}

export function QualityRange({ measure, ranges, onChange }: Props) {
  const others = ranges.filter((text) => !text.startsWith(`${measure}:`));
  const own = ranges.find((text) => text.startsWith(`${measure}:`));
  const [least, setLeast] = useState<string | number>(own?.split(':')[1] ?? '');
  const [most, setMost] = useState<string | number>(own?.split(':')[2] ?? '');
  const apply = (next: string[]) => onChange(next.length > 0 ? next : undefined);
  return (
    <>
      <NumberInput label={t('At least')} w={100} value={least} onChange={setLeast} />
      <NumberInput label={t('Below')} w={100} value={most} onChange={setMost} />
      <Button
        variant="default"
        disabled={least === '' && most === ''}
        onClick={() => apply([...others, `${measure}:${least}:${most}`])}
      >
        {t('Only these studies')}
      </Button>
      {own && (
        <Button
          variant="subtle"
          onClick={() => {
            setLeast('');
            setMost('');
            apply(others);
          }}
        >
          {t('Any value')}
        </Button>
      )}
    </>
  );
}
