/** Ordering rows of a table: numbers by size, words by language, nothing last. */

export type SortValue = string | number | boolean | null | undefined;

export interface Sort {
  key: string;
  isDescending: boolean;
}

const WORDS = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function isNothing(value: SortValue): boolean {
  return value === null || value === undefined || value === '';
}

export function compareValues(one: SortValue, other: SortValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return WORDS.compare(String(one), String(other));
}

/** A sorted copy; rows without a value come last in both directions. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueFrom: (row: Row) => SortValue,
  isDescending: boolean,
): Row[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [valueFrom(one), valueFrom(other)];
    if (isNothing(a) || isNothing(b)) return Number(isNothing(a)) - Number(isNothing(b));
    return sign * compareValues(a, b);
  });
}

/** A first click sorts upwards, a second downwards, a third gives the server's order back. */
export function nextSort(sort: Sort | null, key: string): Sort | null {
  if (sort?.key !== key) return { key, isDescending: false };
  return sort.isDescending ? null : { key, isDescending: true };
}
