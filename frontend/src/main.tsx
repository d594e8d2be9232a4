/** The browser's door: providers around the routes. */
import { MantineProvider } from '@mantine/core';
import './mantineStyles';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api/client';
import { startAhead } from './routes/loadRoom';
import { makeRouter } from './routes/router';
import './ui/fonts';
import './ui/global.css';
import { theme, tokenVariables } from './ui/theme';

const ASK_AGAIN = 2;

const client = new QueryClient({
  defaultOptions: {
    mutations: { networkMode: 'always' },
    queries: {
      // What browsers think of the network says little about a server in the same building.
      networkMode: 'always',
      staleTime: 10_000,
      // An answer, even a bad one, is an answer; only silence is worth asking again.
      retry: (count, error) =>
        count < ASK_AGAIN &&
        !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});

// Without the shell a reload while the server is away ends on a page of the browser's own.
if (import.meta.env.PROD)
  void navigator.serviceWorker?.register('/shell.js').catch(() => undefined);

startAhead(client);
const router = makeRouter(client);

/** A problem has a page that explains it; only what nobody expected belongs in the console. */
function onCaughtError(error: unknown): void {
  if (!(error instanceof Problem)) reportError(error);
}

const root = document.getElementById('root');
if (root) {
  createRoot(root, { onCaughtError }).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={tokenVariables}
        defaultColorScheme="dark"
      >
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
