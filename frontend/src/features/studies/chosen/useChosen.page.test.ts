import { act, renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { run, useChosen } from './useChosen';

const ROWS = ['a', 'b', 'c', 'd', 'e'];

test('a run goes both ways and needs both ends', () => {
  expect(run(ROWS, 'b', 'd')).toEqual(['b', 'c', 'd']);
  expect(run(ROWS, 'd', 'b')).toEqual(['b', 'c', 'd']);
  expect(run(ROWS, null, 'c')).toEqual(['c']);
  expect(run(ROWS, 'gone', 'c')).toEqual(['c']);
});

test('rows are chosen one by one, as a run, all, none, and another list begins anew', () => {
  const { result, rerender } = renderHook(({ key, isWhole }) => useChosen(key, ROWS, isWhole), {
    initialProps: { key: 'all', isWhole: true },
  });
  act(() => result.current.toggle('b'));
  act(() => result.current.extendTo('d'));
  act(() => result.current.toggle('c'));
  expect([...result.current.ids].sort()).toEqual(['b', 'd']);
  act(() => result.current.all());
  expect(result.current.ids.size).toBe(5);
  act(() => result.current.toggle('a'));
  expect(result.current.has('a')).toBe(false);
  rerender({ key: 'narrowed', isWhole: false });
  expect(result.current.ids.size).toBe(0);
  act(() => result.current.all());
  expect(result.current.isAll).toBe(true);
  act(() => result.current.toggle('a'));
  expect(result.current.has('a')).toBe(true);
  act(() => result.current.none());
  act(() => {
    result.current.extendTo('b', 'a');
    result.current.extendTo('c', 'b');
    result.current.toggle('a');
  });
  expect([...result.current.ids]).toEqual(['b', 'c']);
  act(() => result.current.none());
  expect(result.current.has('a')).toBe(false);
});
