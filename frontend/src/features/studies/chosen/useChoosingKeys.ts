/** Choosing several rows of a list by keyboard. */
import { useMemo, useRef } from 'react';
import { useCommands } from '../../../commands/useCommands';
import { t } from '../../../words/t';
import type { Chosen } from './useChosen';

interface Props {
  scope: string;
  section: string;
  order: readonly string[];
  currentId: string | null;
  onCurrent: (id: string) => void;
  chosen: Chosen;
  isEnabled: boolean;
}

export function useChoosingKeys(props: Props) {
  const { scope, section, order, currentId, onCurrent, chosen, isEnabled } = props;
  const latest = useRef(currentId);
  latest.current = currentId;
  const commands = useMemo(() => {
    const extend = (by: 1 | -1) => () => {
      const from = latest.current;
      const at = from === null ? -1 : order.indexOf(from);
      const next = order[Math.max(0, Math.min(order.length - 1, at + by))];
      if (next === undefined) return;
      chosen.extendTo(next, from ?? next);
      latest.current = next;
      onCurrent(next);
    };
    const some = () => isEnabled && order.length > 0;
    return [
      {
        id: `${scope}.choose`,
        title: t('Choose the marked row, or no longer'),
        shortcut: 'x',
        isEnabled: () => some() && latest.current !== null,
        run: () => {
          if (latest.current !== null) chosen.toggle(latest.current);
        },
      },
      {
        id: `${scope}.choose-down`,
        title: t('Choose the next row as well'),
        shortcut: ['shift+down', 'shift+j'],
        isEnabled: some,
        run: extend(1),
      },
      {
        id: `${scope}.choose-up`,
        title: t('Choose the row before as well'),
        shortcut: ['shift+up', 'shift+k'],
        isEnabled: some,
        run: extend(-1),
      },
      {
        id: `${scope}.choose-all`,
        title: t('Choose everything the list is narrowed to'),
        shortcut: 'mod+a',
        isEnabled: some,
        run: chosen.all,
      },
      {
        id: `${scope}.choose-none`,
        title: t('Choose nothing'),
        shortcut: 'escape',
        isEnabled: () => isEnabled && (chosen.isAll || chosen.ids.size > 0),
        run: chosen.none,
      },
    ].map((command) => ({ ...command, section }));
  }, [scope, section, order, onCurrent, chosen, isEnabled]);
  useCommands(`${scope}.choosing`, commands);
}
