/** The keys of the worklist: Enter reads, j and k move. */
import type { ReadRow } from '../../api/tasks';
import type { Command } from '../../commands/registry';
import { t } from '../../words/t';

interface Situation {
  rows: readonly Pick<ReadRow, 'id'>[];
  activeId: string | null;
  isNextAvailable: boolean;
  select: (readId: string | null) => void;
  /** Null opens what comes next in the queue. */
  open: (readId: string | null) => void;
}

/** The row `step` places from the current one; null is the place above the first row. */
export function neighbour(
  rows: Situation['rows'],
  activeId: string | null,
  step: number,
): string | null {
  const index = rows.findIndex((row) => row.id === activeId);
  const target = Math.min(rows.length - 1, Math.max(-1, index + step));
  return rows[target]?.id ?? null;
}

export function worklistCommands(now: Situation): Command[] {
  const move = (step: number) => () => now.select(neighbour(now.rows, now.activeId, step));
  const section = t('Worklist');
  return [
    {
      id: 'worklist.open',
      title: now.activeId ? t('Open the marked case') : t('Read next'),
      section,
      shortcut: 'enter',
      isEnabled: () => now.activeId !== null || now.isNextAvailable,
      run: () => now.open(now.activeId),
    },
    {
      id: 'worklist.next',
      title: t('Read next'),
      section,
      shortcut: 'n',
      isEnabled: () => now.isNextAvailable,
      run: () => now.open(null),
    },
    { id: 'worklist.down', title: t('Next row'), section, shortcut: ['j', 'down'], run: move(1) },
    { id: 'worklist.up', title: t('Previous row'), section, shortcut: ['k', 'up'], run: move(-1) },
  ];
}
