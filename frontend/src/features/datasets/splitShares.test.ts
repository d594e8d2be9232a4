import { expect, test } from 'vitest';
import { FIRST_SPLIT, isRunning, SPLITS, toShares, withShare } from './splitShares';

const sum = (split: typeof FIRST_SPLIT) => SPLITS.reduce((total, one) => total + split[one], 0);

test('whatever is typed, the three shares add up to 100 and none is negative', () => {
  for (const name of SPLITS) {
    for (const percent of [-20, 0, 1, 33.4, 50, 99, 100, 250]) {
      const split = withShare(FIRST_SPLIT, name, percent);
      expect(sum(split)).toBe(100);
      expect(Math.min(...SPLITS.map((one) => split[one]))).toBeGreaterThanOrEqual(0);
    }
  }
});

test('a larger share is taken from the next one first', () => {
  expect(withShare(FIRST_SPLIT, 'train', 80)).toEqual({ train: 80, validation: 5, test: 15 });
  expect(withShare(FIRST_SPLIT, 'train', 90)).toEqual({ train: 90, validation: 0, test: 10 });
});

test('shares are sent as parts of one', () => {
  expect(toShares(FIRST_SPLIT)).toEqual({ train: 0.7, validation: 0.15, test: 0.15 });
});

test('a failed export is not under way', () => {
  expect(isRunning({ state: 'running' })).toBe(true);
  expect(isRunning({ state: 'failed' })).toBe(false);
});
