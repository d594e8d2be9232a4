/** A share as a percentage, with the explanation it needs. */
import { NumberInput } from '@mantine/core';

/** The explanation takes the width it needs; the number does not. */
export const NARROW = { wrapper: { width: 220 } };

interface ShareProps {
  label: string;
  description: string;
  /** Percent. */
  range: [number, number];
  /** 0..1 */
  value: number;
  onChange: (share: number) => void;
}

export function ShareInput({ label, description, range: [min, max], value, onChange }: ShareProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      min={min}
      max={max}
      suffix=" %"
      value={Math.round(value * 100)}
      onChange={(percent) => onChange((Number(percent) || 0) / 100)}
      styles={NARROW}
    />
  );
}
