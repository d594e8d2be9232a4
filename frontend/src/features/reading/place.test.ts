import { expect, test } from 'vitest';
import { placeOf } from './place';

test('a case is counted among all that are left', () => {
  expect(placeOf({ number: 3, count: 12, has_more: false })).toBe('Case 3 of 12');
});

test('where more are left than are counted, the title says so', () => {
  expect(placeOf({ number: 3, count: 1502, has_more: true })).toBe('Case 3 of more than 1,502');
});
