/** Which rows of a list are chosen: one by one, a run of them, or all that the list holds. */
import { useCallback, useMemo, useState } from 'react';

export interface Chosen {
  /** All of the list, also what was not loaded yet; then single rows cannot be left out. */
  isAll: boolean;
  ids: ReadonlySet<string>;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  /** From this row, else the one that was chosen last, to another, with all between them. */
  extendTo: (id: string, from?: string) => void;
  all: () => void;
  none: () => void;
}

interface Held {
  listKey: string;
  isAll: boolean;
  ids: ReadonlySet<string>;
  anchor: string | null;
}

const NOBODY: ReadonlySet<string> = new Set();
const NOTHING: Held = { listKey: '', isAll: false, ids: NOBODY, anchor: null };

/** The ids of a run of rows, whichever end comes first; just `to` where `from` is not in the list. */
export function run(order: readonly string[], from: string | null, to: string): string[] {
  const start = from === null ? -1 : order.indexOf(from);
  const end = order.indexOf(to);
  if (start < 0 || end < 0) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** The ids of the rows as they stand; the same ids in the same order change nothing. */
export function useOrder(): [readonly string[], (ids: readonly string[]) => void] {
  const [order, setOrder] = useState<readonly string[]>([]);
  const put = useCallback(
    (ids: readonly string[]) =>
      setOrder((old) =>
        old.length === ids.length && old.every((id, place) => id === ids[place]) ? old : ids,
      ),
    [],
  );
  return [order, put];
}

/** `listKey` says which list it is: another one begins with nothing chosen. `isWhole`: all its rows are in `order`. */
export function useChosen(listKey: string, order: readonly string[], isWhole: boolean): Chosen {
  const [stored, setHeld] = useState<Held>({ ...NOTHING, listKey });
  const held = stored.listKey === listKey ? stored : NOTHING;
  return useMemo(() => {
    // keys may come faster than the screen follows, so every step goes on from the last one
    const put = (step: (old: Held) => Partial<Held>) =>
      setHeld((before) => {
        const old = before.listKey === listKey ? before : NOTHING;
        return { ...old, ...step(old), listKey };
      });
    return {
      isAll: held.isAll,
      ids: held.ids,
      has: (id) => held.isAll || held.ids.has(id),
      toggle: (id) =>
        put((old) => {
          if (old.isAll) return {};
          const ids = new Set(old.ids);
          if (!ids.delete(id)) ids.add(id);
          return { ids, anchor: id };
        }),
      extendTo: (id, from) =>
        put((old) => {
          if (old.isAll) return {};
          const added = run(order, from ?? old.anchor, id);
          return { ids: new Set([...old.ids, ...added]), anchor: id };
        }),
      all: () => put(() => (isWhole ? { ids: new Set(order) } : { isAll: true, ids: NOBODY })),
      none: () => put(() => ({ isAll: false, ids: NOBODY })),
    };
  }, [listKey, held, order, isWhole]);
}
