import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { CommandHost } from '../../commands/CommandHost';
import { LayoutMenu } from './LayoutMenu';

test('Escape closes the layout menu, wherever the focus is', async () => {
  render(
    <MantineProvider env="test">
      <CommandHost />
      <LayoutMenu />
    </MantineProvider>,
  );
  const button = screen.getByRole('button', { name: 'Layout' });
  await act(async () => button.click());
  expect(button.getAttribute('aria-expanded')).toBe('true');
  await act(async () => fireEvent.keyDown(document.body, { key: 'Escape' }));
  expect(button.getAttribute('aria-expanded')).toBe('false');
});
