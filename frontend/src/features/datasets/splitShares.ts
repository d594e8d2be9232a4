/** The three shares of a split as whole percents that always add up to 100. */
import type { DatasetExport, SplitShares } from '../../api/datasets';

export type SplitName = keyof SplitShares;
export type SplitPercents = Record<SplitName, number>;

export const SPLITS: SplitName[] = ['train', 'validation', 'test'];
export const FIRST_SPLIT: SplitPercents = { train: 70, validation: 15, test: 15 };

/** Sets one share; the others give or take in turn, so that the sum stays 100. */
export function withShare(split: SplitPercents, name: SplitName, percent: number): SplitPercents {
  const wanted = Math.min(100, Math.max(0, Math.round(percent)));
  const next = { ...split, [name]: wanted };
  let surplus = SPLITS.reduce((sum, one) => sum + next[one], 0) - 100;
  for (const other of SPLITS.filter((one) => one !== name)) {
    const taken = surplus > 0 ? Math.min(next[other], surplus) : surplus;
    next[other] -= taken;
    surplus -= taken;
  }
  return next;
}

/** Shares of 0..1. */
export function toShares(split: SplitPercents): SplitShares {
  return { train: split.train / 100, validation: split.validation / 100, test: split.test / 100 };
}

export function isRunning(made: Pick<DatasetExport, 'state'>): boolean {
  return made.state === 'queued' || made.state === 'running';
}
