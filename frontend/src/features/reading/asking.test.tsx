import { act, fireEvent, screen } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import type { Attribute } from '../../api/projects';
import { imagePoint } from '../../geometry/units';
import { AttributesPanel } from './AttributesPanel';
import { groupsOf, nextAsking, nextInGroup, workOf } from './asking';
import { lacksOf } from './attributes';
import { attributesOf } from './items';
import { schema as plain, within } from './readingBench';
import { useReading } from './store';

const attribute = (key: string, change: Partial<Attribute> = {}): Attribute => ({
  key,
  name: `The ${key}`,
  kind: 'yes_no',
  scope: 'study',
  label_keys: [],
  choices: [],
  unit: '',
  minimum: null,
  maximum: null,
  is_required: false,
  shown_when: null,
  ...change,
});

const schema = {
  ...plain,
  attributes: [
    attribute('acute', { is_required: true }),
    attribute('days', {
      kind: 'number',
      unit: 'd',
      maximum: 60,
      shown_when: { attribute: 'acute', any_of: ['yes'] },
    }),
    attribute('rotated', { scope: 'image', is_required: true }),
    attribute('edge', { scope: 'region', label_keys: ['nodule'] }),
  ],
};
const series = ['1', '2'].map((uid) => ({
  series_uid: uid,
  frames: [{ sop_instance_uid: `${uid}.1` }],
}));
const gaze = { seriesUid: '1', imageUid: '1.1', selectedId: null };
const room = () => useReading.getState();
const study = { scope: 'study' as const, target: '' };
let made = 0;
const answer = (key: string, value: string | number | undefined, isTyped = false) =>
  room().answerAttribute({ ...study, attribute: key }, value, {
    newId: () => `a${++made}`,
    isTyped,
  });
const values = () => attributesOf(room().items, study)?.values;
const groups = () => groupsOf(room().items, schema, workOf(room().items, { series }), gaze);

beforeEach(() => room().open({}, false));

test('what is on screen is shown, and what blocks submitting is found wherever it is', () => {
  room().draw({
    id: 'm',
    kind: 'box',
    label_key: 'nodule',
    sop_instance_uid: '1.1',
    frame_number: 1,
    points: [imagePoint(1, 1), imagePoint(5, 5)],
  });
  const work = workOf(room().items, { series });
  const titles = groupsOf(room().items, schema, work, { ...gaze, selectedId: 'm' });
  expect(titles.map(({ title }) => title)).toEqual(['This study', 'Image 1 of 2', 'The nodule']);
  const lacks = lacksOf(schema.attributes, work);
  expect(lacks.map(({ target, attribute }) => [target, attribute])).toEqual([
    ['', 'acute'],
    ['1.1', 'rotated'],
    ['2.1', 'rotated'],
  ]);
  const first = nextAsking(lacks, groups(), null);
  expect(first?.attribute).toBe('acute');
  expect(nextAsking(lacks, groups(), first)?.target).toBe('1.1');
  expect(nextAsking([], groups(), null)?.attribute).toBe('acute');
});

test('an answer brings the question that hangs on it, and goes on to it', () => {
  answer('acute', 'yes');
  const at = { ...study, attribute: 'acute' };
  expect(nextInGroup(groups(), at)?.attribute).toBe('days');
  answer('acute', 'no');
  expect(nextInGroup(groups(), at)).toBeNull();
});

test('answers are undone like strokes, and what is typed in one go is one step', () => {
  answer('acute', 'yes');
  for (const typed of [1, 12, 120]) answer('days', typed, true);
  room().undo();
  expect(values()).toEqual({ acute: 'yes' });
  room().undo();
  expect(values()).toEqual({});
  room().redo();
  room().redo();
  expect(values()).toEqual({ acute: 'yes', days: 120 });
});

test('digits answer the question that is asked, a number says its range, Escape leaves', () => {
  const panel = () => <AttributesPanel groups={groups()} isStrict={true} />;
  const { rerender } = within(panel());
  expect(screen.getAllByText('Not answered yet')).toHaveLength(2);
  act(() => room().ask({ ...study, attribute: 'acute' }));
  fireEvent.keyDown(window, { key: '1' });
  expect(values()).toEqual({ acute: 'yes' });
  rerender(panel());
  act(() => room().ask({ ...study, attribute: 'days' }));
  const field = screen.getByLabelText('The days');
  expect(document.activeElement).toBe(field);
  fireEvent.change(field, { target: { value: '61,5' } });
  expect(values()).toEqual({ acute: 'yes', days: 61.5 });
  rerender(panel());
  expect(screen.getByText('60 d or less')).toBeDefined();
  fireEvent.keyDown(field, { key: 'Escape' });
  expect(room().asking).toBeNull();
});
