/** What the tests of the panels share: a label schema with a class of each kind of use, and a place. */
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import type { ReadingCase } from '../../api/reading';
import { CommandHost } from '../../commands/CommandHost';
import { label, schemaOf } from './schemaBench';

export const schema = schemaOf(
  label('normal', 'class', '1', 'The normal'),
  label('viral', 'class', '2', 'The viral'),
  label('nodule', 'box', '3', 'The nodule'),
);

/** A case in the hand, returned by its reviewer, with a suggestion. */
export const reading: ReadingCase = {
  earlier: [],
  clinical_text: null,
  read: {
    id: 'r',
    task_id: 't',
    state: 'claimed',
    fence: 1,
    lease_until: null,
    active_ms: 0,
    submitted_at: null,
    is_mine: true,
  },
  project_id: 'p',
  study: {
    id: 'st',
    study_uid: '1.2',
    pseudonym: 'P-AAAAAAAA',
    modality: 'DX',
    body_part: null,
    sex: null,
    age_years: null,
  },
  label_schema: schema,
  annotations: [],
  stage: null,
  reason: null,
  suggestion: {
    id: 'p7',
    probabilities: { viral: 0.8, normal: 0.2 },
    label_key: 'viral',
    model_number: 2,
  },
  unit_suggestions: [],
  guideline: 'Mark every nodule.',
  position: { number: 1, count: 2, has_more: false },
  review: { verdict: 'returned', comment: 'Look at the left apex.' },
};

/** The content in the theme, with the keyboard listening. */
export const within = (content: ReactNode) =>
  render(
    <MantineProvider defaultColorScheme="dark">
      {content}
      <CommandHost />
    </MantineProvider>,
  );
