import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, expect, test, vi } from 'vitest';
import { SignInPage } from './SignInPage';

afterEach(() => vi.unstubAllGlobals());

function show(status: number, body: unknown) {
  vi.stubGlobal('fetch', async () => Response.json(body, { status }));
  const onSignedIn = vi.fn();
  const view = render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <SignInPage onSignedIn={onSignedIn} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { onSignedIn, ...view };
}

async function signInByKeyboard() {
  await userEvent.type(screen.getByLabelText(/E-mail/), 'reader@x.example');
  await userEvent.tab();
  await userEvent.keyboard('secret words{Enter}');
}

test('a person signs in with the keyboard alone', async () => {
  const { onSignedIn } = show(201, { csrf_token: 't', projects: [] });
  await signInByKeyboard();
  await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledOnce());
});

test('a refusal says neither that the account exists nor that it does not', async () => {
  const { onSignedIn } = show(401, { title: 'No such user' });
  await signInByKeyboard();
  const panel = await screen.findByRole('alert');
  expect(panel.textContent).toContain('E-mail or password is not right');
  expect(panel.textContent).not.toContain('No such user');
  expect(onSignedIn).not.toHaveBeenCalled();
});

test('the page has no accessibility defect that axe can see', async () => {
  const { container } = show(401, {});
  const rules = { 'color-contrast': { enabled: false } };
  expect((await axe.run(container, { rules })).violations).toEqual([]);
});
