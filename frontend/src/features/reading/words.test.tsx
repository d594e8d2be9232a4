import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { Problem } from '../../api/problem';
import type { Annotation } from '../../api/reading';
import { imagePoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import type { ViewportHandle } from '../../viewer/Viewport';
import { schema, within } from './readingBench';
import { useReadout } from './readout';
import { SaveBadge, saveText } from './SaveBadge';
import { SaveNotice } from './SaveNotice';
import { valueText } from './StatusLine';
import { type Kept, NOTHING_KEPT } from './saveState';
import { sliceTicks } from './sliceTicks';
import { useReading } from './store';
import { doubtsOn, lookHereCommands } from './useLookHere';
import { windowText } from './windowText';

test('the slice bar shows doubts of the stack on screen alone, and a key leads to the largest', () => {
  const frames = [1, 2, 3].map((number) => ({ sop_instance_uid: `1.${number}`, frame_number: 1 }));
  const slices = [
    { sop_instance_uid: '1.1', frame_number: 1, uncertainty: 0.2 },
    { sop_instance_uid: '1.3', frame_number: 1, uncertainty: 0.9 },
    { sop_instance_uid: '9.9', frame_number: 1, uncertainty: 1 },
  ];
  const doubts = doubtsOn(frames as unknown as Frame[], { model_number: 2, slices });
  expect(doubts.map(({ index }) => index)).toEqual([0, 2]);
  expect(doubtsOn(frames as unknown as Frame[], null)).toEqual([]);
  const shown: number[] = [];
  const viewport = { show: (index: number) => shown.push(index) };
  useReadout.setState({ viewport: viewport as unknown as ViewportHandle });
  void lookHereCommands(doubts, frames as never)[0]?.run();
  expect(shown).toEqual([2]);
  expect(lookHereCommands([], [])[0]?.isEnabled?.()).toBe(false);
  useReadout.setState({ viewport: null });
});

describe('saving, in words', () => {
  const theirs: Annotation = {
    id: 'a',
    kind: 'answer',
    revision: {
      id: 'r2',
      number: 2,
      parent_id: 'r1',
      is_deleted: false,
      content: { label_keys: ['viral'] },
      created_at: '2026-01-01T00:00:00Z',
    },
  };

  test('every state reads differently', () => {
    const texts = [
      { at: 'saved', time: null },
      { at: 'saving' },
      { at: 'submitting' },
      { at: 'offline', since: 0 },
      { at: 'signed-out' },
      { at: 'conflict', id: 'a', theirs: null },
      { at: 'lease-lost' },
      { at: 'refused', problem: new Problem(422, 'x', 'X', '') },
      { at: 'not-submitted', problem: new Problem(409, 'x', 'X', '') },
    ] as const;
    expect(new Set(texts.map((state) => saveText(state, NOTHING_KEPT).text)).size).toBe(
      texts.length,
    );
  });

  test('offline says how much is kept here, and that a submit waits', () => {
    const offline = { at: 'offline', since: 0 } as const;
    const textWith = (kept: Partial<Kept>) => saveText(offline, { ...NOTHING_KEPT, ...kept }).text;
    expect(textWith({ changes: 1 })).toMatch(/Offline since .*, 1 change kept here/);
    expect(textWith({ changes: 3, isSubmitWaiting: true })).toContain(
      '3 changes and the submit kept here',
    );
    expect(textWith({ changes: 1, isKeptHere: false })).toContain('keep this window open');
  });

  test('the time of the last save is shown', () => {
    within(
      <SaveBadge save={{ at: 'saved', time: Date.now() }} kept={NOTHING_KEPT} isReadOnly={false} />,
    );
    expect(screen.getByRole('status').textContent).toMatch(/Saved \d\d:\d\d:\d\d/);
  });

  test('a submit is announced once it is waited for, not when the next case comes at once', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const badge = (at: 'saving' | 'submitting') => (
      <MantineProvider>
        <SaveBadge save={{ at }} kept={NOTHING_KEPT} isReadOnly={false} />
      </MantineProvider>
    );
    const { rerender } = render(badge('saving'));
    const said = () => screen.getByRole('status').textContent?.trim();
    expect(said()).toBe('Saving…');
    rerender(badge('submitting'));
    act(() => vi.advanceTimersByTime(250));
    expect(said()).toBe('Saving…');
    act(() => vi.advanceTimersByTime(100));
    expect(said()).toBe('Submitting…');
    rerender(badge('saving'));
    expect(said()).toBe('Saving…');
    vi.useRealTimers();
  });

  test('a conflict shows both sides and lets the reader choose', () => {
    const onResolve = vi.fn();
    useReading.getState().open({ a: { id: 'a', kind: 'answer', label_keys: ['normal'] } }, false);
    within(
      <SaveNotice
        save={{ at: 'conflict', id: 'a', theirs }}
        kept={NOTHING_KEPT}
        schema={schema}
        onResolve={onResolve}
        onTakeBack={() => undefined}
        waiting="submit"
        onCancelSubmit={() => undefined}
      />,
    );
    expect(screen.getByRole('alert').textContent).toContain('Here: The normal');
    expect(screen.getByRole('alert').textContent).toContain('There: The viral');
    fireEvent.click(screen.getByRole('button', { name: 'Keep mine' }));
    expect(onResolve).toHaveBeenCalledWith('mine');
  });
});

describe('numbers under the image', () => {
  test('values have a true minus and their unit', () => {
    const at = { point: imagePoint(1, 1) };
    expect(valueText({ ...at, values: [-842], unit: 'HU' })).toBe('−842 HU');
    expect(valueText({ ...at, values: [12.34], unit: '' })).toBe('12.3');
    expect(valueText({ ...at, values: [1, 2, 3], unit: '' })).toBe('RGB 1 2 3');
    expect(windowText({ width: 1500, center: -600 })).toBe('W 1500 L −600');
  });

  test('slices that carry marks are marked on the bar', () => {
    const frames = [1, 2, 3].map(
      (frame_number) => ({ sop_instance_uid: '1.2.3', frame_number }) as Frame,
    );
    const mark = {
      id: 'm',
      kind: 'box' as const,
      label_key: 'nodule',
      sop_instance_uid: '1.2.3',
      frame_number: 3,
      points: [],
    };
    expect(sliceTicks(frames, [mark], null).marked).toEqual([2]);
  });
});
