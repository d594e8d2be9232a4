/** Lets mammograms of a stack hang as such, at one scale with those beside it. */
import { useEffect, useRef } from 'react';
import { hangBreast, turnOf } from './breastHanging';
import type { Frame } from './frames';
import type { StackEngine } from './stackEngine';

const NONE: readonly Frame[] = [];

export function useBreastHanging(
  engine: StackEngine | null,
  beside: readonly Frame[] = NONE,
): void {
  const others = useRef(beside);
  others.current = beside;
  const besideIds = beside.map((one) => (turnOf(one) ? one.imageId : '')).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: mammograms beside it set the scale
  useEffect(
    () => engine?.setHanging((frame, size) => hangBreast(frame, others.current, size)),
    [engine, besideIds],
  );
}
