/** A setting that is drawn out: its name, how much it is, and the slider. */
import { Slider } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface SliderRowProps {
  /** What it is called above the slider, with its keys and how much it is. */
  readonly children: ReactNode;
  /** What the slider is called where only it is read out. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

export function SliderRow({ children, name, from, to, step, value, onChange }: SliderRowProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{children}</label>
      <Slider
        id={id}
        size="sm"
        min={from}
        max={to}
        step={step}
        value={value}
        label={null}
        thumbLabel={name}
        onChange={onChange}
      />
    </>
  );
}
