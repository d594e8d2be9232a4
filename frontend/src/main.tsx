/** The browser's door: providers around the routes. */
import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/fonts';
import { theme, tokenVariables } from './ui/theme';

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={tokenVariables}
        defaultColorScheme="dark"
      >
        Collimate
      </MantineProvider>
    </StrictMode>,
  );
}
