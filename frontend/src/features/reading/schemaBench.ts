/** Label schemas as the tests of the reading room need them: one question, one answer, few labels. */
import type { Label, LabelSchema } from '../../api/projects';

export const label = (key: string, kind: Label['kind'], hotkey: string, name = key): Label => ({
  id: key,
  key,
  name,
  kind,
  colour: '#56b4e9',
  hotkey,
  code_scheme: null,
  code_value: null,
  code_meaning: null,
  position: Number(hotkey),
});

export const schemaOf = (...labels: Label[]): LabelSchema => ({
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
  labels,
});
