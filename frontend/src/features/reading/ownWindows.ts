/** Windows of the reader's own: the list kept with the account, and changes to it. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { create } from 'zustand';
import { keepPreferences, useSession } from '../../api/access';
import type { OwnWindow } from '../../viewer/greyWindows';

export type { OwnWindow };

const NONE: readonly OwnWindow[] = [];

export const MOST_WINDOWS = 100;

/** Digits that go with Alt to a window. */
export const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8] as const;

export const useOwnWindows = (): readonly OwnWindow[] =>
  useSession().user.preferences.windows ?? NONE;

export function useKeepWindows(): (list: readonly OwnWindow[]) => Promise<void> {
  const client = useQueryClient();
  return useCallback((list) => keepPreferences(client, { windows: [...list] }), [client]);
}

/** Whether the panel for numbers and own windows is open. */
export const useWindowPanel = create<{ readonly isOpen: boolean }>()(() => ({ isOpen: false }));

export const toggleOwnWindows = (): void =>
  useWindowPanel.setState(({ isOpen }) => ({ isOpen: !isOpen }));

type Kind = Pick<OwnWindow, 'modality' | 'unit'>;

const isAlike = (one: Kind, other: Kind): boolean =>
  one.modality === other.modality && one.unit === other.unit;

/** A name that no other window for such images has: a number is put behind it where need be. */
function freeName(list: readonly OwnWindow[], kind: Kind, wanted: string): string {
  const names = list.filter((one) => isAlike(one, kind)).map(({ name }) => name);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!names.includes(name)) return name;
  }
}

/** A digit belongs to one window for such images, the one that got it last. */
const withoutDigit = (
  list: readonly OwnWindow[],
  kind: Kind,
  digit: number | null | undefined,
): readonly OwnWindow[] =>
  list.map((one) =>
    digit && isAlike(one, kind) && one.digit === digit ? { ...one, digit: null } : one,
  );

export function withWindow(list: readonly OwnWindow[], made: OwnWindow): readonly OwnWindow[] {
  const others = withoutDigit(list, made, made.digit);
  return [...others, { ...made, name: freeName(others, made, made.name) }];
}

export function changedWindow(
  list: readonly OwnWindow[],
  old: OwnWindow,
  change: Partial<OwnWindow>,
): readonly OwnWindow[] {
  const at = list.indexOf(old);
  const next = { ...old, ...change };
  const others = withoutDigit(list.toSpliced(at, 1), next, change.digit);
  return others.toSpliced(at, 0, { ...next, name: freeName(others, next, next.name) });
}

/** One place up among the windows for such images. */
export function raisedWindow(list: readonly OwnWindow[], one: OwnWindow): readonly OwnWindow[] {
  const at = list.indexOf(one);
  const above = list.findLastIndex((other, index) => index < at && isAlike(other, one));
  return above < 0 ? list : list.toSpliced(at, 1).toSpliced(above, 0, one);
}

export const withoutWindow = (list: readonly OwnWindow[], one: OwnWindow): readonly OwnWindow[] =>
  list.filter((other) => other !== one);
