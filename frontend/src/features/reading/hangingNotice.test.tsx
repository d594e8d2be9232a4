import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Problem } from '../../api/problem';
import { forgetKept, HangingNotice, tellKept } from './HangingNotice';
import { within } from './readingBench';
import { useReading } from './store';

test('a protocol that could not be kept is said with its reason, and the panel opens for it', async () => {
  useReading.getState().arrange({ isPanelShown: false });
  within(<HangingNotice />);
  const refusal = new Problem(403, 'forbidden', 'Only a project admin keeps these', '');
  await act(() => tellKept('project', Promise.reject(refusal)));
  expect(screen.getByText('Only a project admin keeps these')).toBeTruthy();
  expect(useReading.getState().isPanelShown).toBe(true);
  await act(() => tellKept('project', Promise.resolve()));
  expect(screen.getByRole('status').textContent).toContain('hang so for everyone');
  expect(screen.queryByText('Only a project admin keeps these')).toBeNull();
  act(forgetKept);
  expect(screen.queryByRole('status')).toBeNull();
});
