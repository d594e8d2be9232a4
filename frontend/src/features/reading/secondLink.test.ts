import { expect, test } from 'vitest';
import type { Items } from './items';
import { changeOf, hear, type Told, unheard, withChange } from './secondLink';

const answer = (id: string, ...label_keys: string[]): Items => ({
  [id]: { id, kind: 'answer', label_keys },
});

const before: Items = { ...answer('a', 'normal'), ...answer('b'), ...answer('c') };

test('only what changed in the work is told, and makes the same work of it', () => {
  const { b: _gone, ...kept } = before;
  const after: Items = { ...kept, ...answer('a', 'viral'), ...answer('d') };
  const change = changeOf(before, after);
  expect(Object.keys(change.changed)).toEqual(['a', 'd']);
  expect(change.gone).toEqual(['b']);
  expect(withChange(before, change)).toEqual(after);
});

test('what is said of another case is not taken for this one', () => {
  const told: Told = {
    type: 'case',
    projectId: 'p',
    readId: '1',
    shown: [],
    items: before,
    seen: null,
  };
  const first = hear(unheard('0'), told);
  expect(first).toMatchObject({ readId: '1', items: before });
  const change = changeOf(before, {});
  expect(hear(first, { type: 'items', readId: '2', ...change })).toBe(first);
  expect(hear(first, { type: 'items', readId: '1', ...change }).items).toEqual({});
  const late = unheard('1');
  expect(hear(late, { type: 'items', readId: '1', ...change })).toBe(late);
});
