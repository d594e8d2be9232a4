import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ReadingCase } from '../../api/reading';
import { REVEAL_MS, useFlow } from './useFlow';
import type { RoomActions } from './useRoom';
import type { Sitting } from './useSitting';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const reading = (stage: ReadingCase['stage']) =>
  ({ stage, read: { state: 'draft' }, label_schema: { answer_mode: 'none' } }) as ReadingCase;

test('a double press locks the first read and does not submit what it revealed', () => {
  const submit = vi.fn();
  const sitting = { autosave: { submit }, isReadOnly: false } as unknown as Sitting;
  const asking = { lacks: [], next: () => undefined };
  const { result, rerender } = renderHook(
    ({ stage }: { stage: ReadingCase['stage'] }) =>
      useFlow(reading(stage), sitting, {} as RoomActions, asking),
    { initialProps: { stage: 'first' as ReadingCase['stage'] } },
  );
  result.current.submit();
  expect(submit).toHaveBeenLastCalledWith({ isLock: true });

  rerender({ stage: 'second' });
  expect(result.current.isRevealing).toBe(true);
  result.current.submit();
  expect(submit).toHaveBeenCalledTimes(1);

  act(() => void vi.advanceTimersByTime(REVEAL_MS));
  expect(result.current.isRevealing).toBe(false);
  result.current.submit();
  expect(submit).toHaveBeenLastCalledWith({});
  expect(submit).toHaveBeenCalledTimes(2);
});
