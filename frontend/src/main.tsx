/** The browser's door: providers around the routes. */
import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api/client';
import { makeRouter } from './routes/router';
import './ui/fonts';
import './ui/global.css';
import { theme, tokenVariables } from './ui/theme';

const ASK_AGAIN = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // An answer, even a bad one, is an answer; only silence is worth asking again.
      retry: (count, error) =>
        count < ASK_AGAIN &&
        !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});

const router = makeRouter(client);
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
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
