import { act, fireEvent, screen } from '@testing-library/react';
import axe from 'axe-core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Attribute } from '../../api/projects';
import { imagePoint } from '../../geometry/units';
import type { Frame, Series } from '../../viewer/frames';
import type { CaseActions } from './caseCommands';
import { answerOf, attributesOf } from './items';
import { useLayout } from './layout';
import { reading, within } from './readingBench';
import { SidePanel } from './SidePanel';
import { SkipPanel } from './SkipPanel';
import { useReading } from './store';
import { UnitSuggestionPanel } from './UnitSuggestionPanel';
import { unitDoubts } from './unitSuggestion';
import { NO_WORK } from './useAsking';
import type { Comments } from './useComments';

const frame = {
  sop_instance_uid: '1.2.3',
  frame_number: 1,
  spacing: null,
} as unknown as Frame;

const actions: CaseActions = {
  submit: vi.fn(),
  openSkip: vi.fn(),
  openIssue: vi.fn(),
  openExclude: null,
  back: vi.fn(),
  close: vi.fn(),
  correct: null,
  isReadOnly: false,
};

const comments: Comments = {
  threads: [
    {
      id: 'c1',
      number: 1,
      place: null,
      resolved_at: null,
      is_issue: false,
      comments: [
        {
          id: 'c1',
          text: 'Is this a fold?',
          created_at: '2026-11-26T12:00:00Z',
          author_name: null,
          is_mine: false,
          is_by_reader: true,
        },
      ],
    },
  ],
  pins: [],
  openId: 'c1',
  composing: null,
  error: null,
  commands: [],
  open: vi.fn(),
  compose: vi.fn(),
  say: vi.fn(async () => true),
  settle: vi.fn(),
};

const panel = () => (
  <SidePanel
    reading={reading}
    frames={[frame]}
    heat={{ url: null, image: null, isWaiting: false, hasFailed: false }}
    actions={actions}
    isSubmitting={false}
    isAnswerMissing={false}
    isStrict={false}
    series={[]}
    all={[]}
    comments={comments}
    asking={{ work: NO_WORK, lacks: [], lackText: null, commands: [], next: vi.fn() }}
    notice={null}
    onShow={() => undefined}
    commands={[]}
  />
);

beforeEach(() => {
  useReading.getState().open({}, false);
  useReading.getState().arrange({ isAiOn: true });
  vi.clearAllMocks();
});

describe('the right panel', () => {
  test('shows the question, its keys, and the answer chosen', () => {
    within(panel());
    fireEvent.click(screen.getByRole('radio', { name: /The viral/ }));
    expect(screen.getByRole('radio', { name: /The viral/ }).getAttribute('aria-checked')).toBe(
      'true',
    );
    expect(answerOf(useReading.getState().items)?.label_keys).toEqual(['viral']);
  });

  test('shows what the model says of the image on screen, and takes it over as an answer', () => {
    const attribute = 'shown';
    const target = '1.2.3';
    const said = { id: 'p9', scope: 'image' as const, target, attribute, model_number: 4 };
    const units = [{ ...said, probabilities: { blob: 0.9, nothing: 0.1 }, keys: ['blob'] }];
    const stack = { series_uid: '1.2', frames: [frame] } as unknown as Series;
    useLayout.getState().show(0, '1.2', 0);
    const choices = ['nothing', 'blob'].map((key) => ({ key, name: `A ${key}` }));
    const asked: Attribute = {
      key: attribute,
      name: 'Shown',
      kind: 'single',
      scope: 'image',
      choices,
      label_keys: [],
      is_required: false,
      minimum: null,
      maximum: null,
      shown_when: null,
      unit: '',
    };
    const unitCase = {
      ...reading,
      suggestion: null,
      unit_suggestions: units,
      label_schema: { ...reading.label_schema, attributes: [asked] },
    };
    const heat = { url: null, image: null, isWaiting: false, hasFailed: false };
    within(<UnitSuggestionPanel reading={unitCase} series={[stack]} heat={heat} />);
    expect(screen.getByText('model 4')).toBeTruthy();
    expect(screen.getByText('90 %')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: /Accept/ }));
    const taken = attributesOf(useReading.getState().items, { scope: 'image', target });
    expect(taken).toMatchObject({ values: { shown: 'blob' }, suggestion_id: 'p9' });
    expect(screen.getByRole('button', { name: /Accepted/ })).toHaveProperty('disabled', true);
    const newId = () => 'n';
    act(() =>
      useReading.getState().answerAttribute({ scope: 'image', target, attribute }, 'nothing', {
        newId,
      }),
    );
    const changed = attributesOf(useReading.getState().items, { scope: 'image', target });
    expect(changed).not.toHaveProperty('suggestion_id');
    expect(unitDoubts(unitCase, [frame])[0]?.uncertainty).toBeCloseTo(0.469, 3);
    expect(unitDoubts(unitCase, [])).toEqual([]);
  });

  test('says why a case came back, and what the model thinks', () => {
    within(panel());
    expect(screen.getByText('Look at the left apex.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: /Accept/ }));
    expect(answerOf(useReading.getState().items)).toMatchObject({ suggestion_id: 'p7' });
    act(() => useReading.getState().arrange({ isAiOn: false }));
    expect(screen.queryByText(/model 2/)).toBeNull();
  });

  test('lists marks with their size, hides and deletes them', () => {
    within(panel());
    act(() =>
      useReading.getState().draw({
        id: 'm',
        kind: 'box',
        label_key: 'nodule',
        sop_instance_uid: '1.2.3',
        frame_number: 1,
        points: [imagePoint(10, 10), imagePoint(30, 25)],
      }),
    );
    expect(screen.getByText('20.0 × 15.0 px')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Hide The nodule' }));
    expect(useReading.getState().hiddenIds.has('m')).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Delete The nodule' }));
    expect(screen.getByText('No marks yet.')).toBeTruthy();
  });

  test('has no accessibility defect a machine can find', async () => {
    const { container } = within(panel());
    const { violations } = await axe.run(container, {
      rules: { 'color-contrast': { enabled: false } },
    });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});

describe('skipping', () => {
  test('one digit skips with a reason, and Enter does not submit meanwhile', () => {
    const onSkip = vi.fn();
    within(<SkipPanel onSkip={onSkip} onCancel={() => undefined} />);
    fireEvent.keyDown(window, { key: 'Enter' });
    expect(onSkip).not.toHaveBeenCalled();
    fireEvent.keyDown(window, { key: '2' });
    expect(onSkip).toHaveBeenCalledWith('Wrong body part or view');
  });

  test('a sentence of one is taken whole, blanks are not', () => {
    const onSkip = vi.fn();
    within(<SkipPanel onSkip={onSkip} onCancel={() => undefined} />);
    const field = screen.getByLabelText('Another reason');
    expect((screen.getByRole('button', { name: 'Skip' }) as HTMLButtonElement).disabled).toBe(true);
    fireEvent.change(field, { target: { value: '  motion ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Skip' }));
    expect(onSkip).toHaveBeenCalledWith('motion');
  });
});

test('a comment is sent by Enter, and one that could not be sent stays in the field', async () => {
  vi.mocked(comments.say).mockResolvedValueOnce(false);
  within(panel());
  expect(screen.getByText('The reader', { exact: false })).toBeDefined();
  const field = screen.getByLabelText<HTMLTextAreaElement>(/^Comment:/);
  expect(document.activeElement).toBe(field);
  fireEvent.change(field, { target: { value: 'Look here.' } });
  await act(async () => fireEvent.keyDown(field, { key: 'Enter' }));
  expect(comments.say).toHaveBeenCalledWith('Look here.', null);
  expect(field.value).toBe('Look here.');
  await act(async () => fireEvent.keyDown(field, { key: 'Enter' }));
  expect(field.value).toBe('');
  fireEvent.click(screen.getByRole('button', { name: 'Mark as settled' }));
  expect(comments.settle).toHaveBeenCalled();
});
