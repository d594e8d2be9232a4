/** What the tests of the panels share: a label schema with a class of each kind of use, and a place. */
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import type { Label, LabelSchema } from '../../api/projects';
import { CommandHost } from '../../commands/CommandHost';

const label = (key: string, kind: Label['kind'], hotkey: string): Label => ({
  id: key,
  key,
  name: `The ${key}`,
  kind,
  colour: '#56b4e9',
  hotkey,
  code_scheme: null,
  code_value: null,
  code_meaning: null,
  position: Number(hotkey),
});

export const schema: LabelSchema = {
  id: 's',
  project_id: 'p',
  created_at: '2026-01-01T00:00:00Z',
  version: 1,
  question: 'What is it?',
  answer_mode: 'single',
  is_used: true,
  attributes: [],
  exclusion_reasons: [],
  quality_verdict: 'none',
  labels: [
    label('normal', 'class', '1'),
    label('viral', 'class', '2'),
    label('nodule', 'box', '3'),
  ],
};

/** The content in the theme, with the keyboard listening. */
export const within = (content: ReactNode) =>
  render(
    <MantineProvider defaultColorScheme="dark">
      {content}
      <CommandHost />
    </MantineProvider>,
  );
