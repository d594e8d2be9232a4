import { describe, expect, test } from 'vitest';
import type { LabelSchema } from '../../../api/projects';
import {
  type AttributeDraft,
  attributeFlaws,
  changed,
  conditionsFor,
  fromAttribute,
  keyFrom,
  moved,
  newAttribute,
  renamed,
} from './attributeDraft';
import { addLabel, changeLabel, emptyDraft, removeLabel, toRequest } from './labelDraft';

const named = (name: string, change: Partial<AttributeDraft> = {}): AttributeDraft => ({
  ...newAttribute(`row ${name}`),
  name,
  kind: 'yes_no',
  ...change,
});

test('keys are made as the server makes them', () => {
  expect(keyFrom(' Größe (mm)!')).toBe('gr_e_mm');
  expect(keyFrom('___')).toBe('');
});

test('what is designed is what is sent, and comes back as it was', () => {
  const labelled = changeLabel(addLabel(emptyDraft(), 'box', 'l1'), 'l1', { name: 'Nodule' });
  const size = named('Size', {
    kind: 'number',
    scope: 'region',
    labelRows: ['l1'],
    unit: 'mm',
    minimum: '0',
    isRequired: true,
    shownWhen: { row: 'row Solid', anyOf: ['yes'] },
  });
  const request = toRequest({
    ...labelled,
    attributes: [named('Solid', { scope: 'region' }), size],
  });
  const sent = request.attributes[1];
  expect(sent).toMatchObject({
    label_keys: ['nodule'],
    minimum: 0,
    maximum: null,
    shown_when: { attribute: 'solid', any_of: ['yes'] },
  });
  const stored = { ...sent, key: 'size', choices: [] } as LabelSchema['attributes'][number];
  const schema = { labels: [{ id: 'l1', key: 'nodule' }] } as unknown as LabelSchema;
  expect(fromAttribute(stored, schema)).toEqual({
    ...size,
    key: 'size',
    row: 'attribute:size',
    shownWhen: { row: 'attribute:solid', anyOf: ['yes'] },
  });
  const without = removeLabel({ ...labelled, attributes: [size] }, 'l1');
  expect(without.attributes[0]?.labelRows).toEqual([]);
});

describe('flaws', () => {
  const flaws = (...all: AttributeDraft[]) => attributeFlaws(all).map(({ text }) => text);
  test.each<[string, AttributeDraft[]]>([
    ['Give it a name', [named('?')]],
    ['Another has this name', [named('A'), named('a', { row: 'b' })]],
    ['It needs 2 choices', [named('A', { kind: 'single', choices: [{ key: null, name: 'x' }] })]],
    [
      'Every choice needs a name',
      [named('A', { kind: 'multi', choices: ['x', 'X'].map((name) => ({ key: null, name })) })],
    ],
    ['The range is upside down', [named('A', { kind: 'number', minimum: '3', maximum: '2' })]],
    ['The range is made of numbers', [named('A', { kind: 'number', minimum: 'few' })]],
    ['must stand above', [named('A', { shownWhen: { row: 'row B', anyOf: ['yes'] } }), named('B')]],
    [
      'an answer that is gone',
      [named('B'), named('A', { shownWhen: { row: 'row B', anyOf: ['maybe'] } })],
    ],
  ])('%s', (text, all) => {
    expect(flaws(...all).join()).toContain(text);
  });
  test('none where everything fits', () => {
    const dependent = named('A', { shownWhen: { row: 'row B', anyOf: ['no'] } });
    expect(flaws(named('B'), dependent)).toEqual([]);
  });
});

test('an attribute depends only on those above it in its scope', () => {
  const all = [named('A'), named('B', { scope: 'image' }), named('C')];
  expect(conditionsFor(all, all[2] as AttributeDraft).map(({ name }) => name)).toEqual(['A']);
  expect(moved(all, 'row C', -1).map(({ name }) => name)).toEqual(['A', 'C', 'B']);
});

test('a choice keeps its key while its name is there, and another scope drops the labels', () => {
  const choices = [{ key: 'sharp', name: 'Sharp' }];
  expect(renamed(choices, ['Blurred', 'Sharp'])).toEqual([
    { key: null, name: 'Blurred' },
    { key: 'sharp', name: 'Sharp' },
  ]);
  expect(changed(named('A', { labelRows: ['l1'] }), { scope: 'image' }).labelRows).toEqual([]);
});
