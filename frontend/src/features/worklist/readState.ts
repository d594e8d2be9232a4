/** The words and tones of a read's states. */
import type { ReadRow } from '../../api/tasks';
import type { Tone } from '../../ui/Chip';
import { spoken } from '../../ui/format';
import { t } from '../../words/t';

const TONES: Record<string, Tone> = {
  assigned: 'accent',
  draft: 'accent',
  claimed: 'accent',
  issue: 'warn',
  returned: 'warn',
  submitted: 'good',
  accepted: 'good',
};

const WORDS: Record<string, string> = {
  open: t('not started'),
  assigned: t('assigned to me'),
  claimed: t('opened'),
  issue: t('waits for an answer'),
  released: t('given back'),
};

export function toneOf(state: string): Tone {
  return TONES[state] ?? 'plain';
}

export function wordFor(state: string): string {
  return WORDS[state] ?? spoken(state);
}

const UNFINISHED = ['open', 'assigned', 'claimed', 'draft', 'returned'];

export function isUnfinished(row: Pick<ReadRow, 'state'>): boolean {
  return UNFINISHED.includes(row.state);
}

export type WorklistFilter = 'all' | 'unfinished' | 'issue' | 'returned' | 'submitted' | 'skipped';

/** The reader's own rows under one filter; returned ones first, then unfinished, then the rest. */
export function rowsFor(rows: readonly ReadRow[], filter: WorklistFilter): ReadRow[] {
  const kept = rows.filter((row) => {
    if (filter === 'all') return true;
    if (filter === 'unfinished') return isUnfinished(row);
    if (filter === 'submitted') return row.state === 'submitted' || row.state === 'accepted';
    return row.state === filter;
  });
  const rank = (row: ReadRow) => (row.state === 'returned' ? 0 : isUnfinished(row) ? 1 : 2);
  return [...kept].sort((one, other) => rank(one) - rank(other));
}

/** Rows of both lists of the worklist, each read once. */
export function mergeRows(mine: readonly ReadRow[], returned: readonly ReadRow[]): ReadRow[] {
  return [...new Map([...returned, ...mine].map((row) => [row.id, row])).values()];
}
