/** What the tests of the panels share: a label schema with a class of each kind of use, and a place. */
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { CommandHost } from '../../commands/CommandHost';
import { label, schemaOf } from './schemaBench';

export const schema = schemaOf(
  label('normal', 'class', '1', 'The normal'),
  label('viral', 'class', '2', 'The viral'),
  label('nodule', 'box', '3', 'The nodule'),
);

/** The content in the theme, with the keyboard listening. */
export const within = (content: ReactNode) =>
  render(
    <MantineProvider defaultColorScheme="dark">
      {content}
      <CommandHost />
    </MantineProvider>,
  );
