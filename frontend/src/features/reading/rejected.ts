/** Suggestions the reader rejects: said by an act of its own, kept and taken back like any other. */
import type { Item, Items, Rejection } from './items';
import type { Change } from './log';

export const rejectionOf = (items: Items, suggestionId: string): Rejection | null =>
  Object.values(items).find(
    (item): item is Rejection => item.kind === 'rejection' && item.of === suggestionId,
  ) ?? null;

export const isRejected = (items: Items, suggestionId: string): boolean =>
  rejectionOf(items, suggestionId)?.is_rejected ?? false;

const isTakenFrom = (item: Item, suggestionId: string): boolean =>
  'suggestion_id' in item &&
  item.suggestion_id === suggestionId &&
  !(item.kind === 'segment' && item.runs.length === 0);

/** Not while something of the reader's own is taken from it: that would say yes and no at once. */
export const canReject = (items: Items, suggestionId: string): boolean =>
  !Object.values(items).some((item) => isTakenFrom(item, suggestionId));

/** Rejects, or takes that back; before the first time it was not rejected, never nothing. */
export function toggled(items: Items, suggestionId: string, newId: () => string): Change {
  const none: Rejection = { id: newId(), kind: 'rejection', of: suggestionId, is_rejected: false };
  const before = rejectionOf(items, suggestionId) ?? none;
  return { id: before.id, before, after: { ...before, is_rejected: !before.is_rejected } };
}

/** What accepting a suggestion changes besides: it is rejected no more. */
export function noLongerRejected(items: Items, suggestionId: string | undefined): Change[] {
  if (suggestionId === undefined || !isRejected(items, suggestionId)) return [];
  return [toggled(items, suggestionId, () => '')];
}
