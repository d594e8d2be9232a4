/** The keys of a hunt: j and k move from match to match, Enter reads the marked one. */
import type { HuntMatch } from '../../api/hunts';
import type { Command } from '../../commands/registry';
import { t } from '../../words/t';

interface Situation {
  readonly matches: readonly HuntMatch[];
  readonly active: number;
  readonly canRead: boolean;
  readonly canOrder: boolean;
  readonly mark: (index: number) => void;
  readonly read: (match: HuntMatch) => void;
  readonly first: (matches: readonly HuntMatch[]) => void;
}

/** The matches worth putting at the front: open ones that are not there yet. */
export const movable = (matches: readonly HuntMatch[]): HuntMatch[] =>
  matches.filter((match) => match.is_open && !match.is_first);

export function huntCommands(now: Situation): Command[] {
  const section = t('Places that look alike');
  const { matches } = now;
  const marked = matches[now.active];
  const move = (by: number) => () =>
    now.mark(Math.min(matches.length - 1, Math.max(0, now.active + by)));
  return [
    {
      id: 'hunt.read',
      title: t('Read the marked case'),
      section,
      shortcut: 'enter',
      isEnabled: () => now.canRead && marked?.is_open === true,
      run: () => marked && now.read(marked),
    },
    {
      id: 'hunt.first',
      title: t('Put the marked case at the front of the queue'),
      section,
      shortcut: 'f',
      isEnabled: () => now.canOrder && marked !== undefined && movable([marked]).length > 0,
      run: () => marked && now.first([marked]),
    },
    {
      id: 'hunt.down',
      title: t('Next match'),
      section,
      shortcut: ['j', 'right'],
      isEnabled: () => matches.length > 0,
      run: move(1),
    },
    {
      id: 'hunt.up',
      title: t('Previous match'),
      section,
      shortcut: ['k', 'left'],
      isEnabled: () => matches.length > 0,
      run: move(-1),
    },
  ];
}
