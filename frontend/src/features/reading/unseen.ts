/**
 * Segments made between slices that nobody has looked at yet, by id; kept in this browser, so that
 * a case opened again still says so. Ids say nothing about a patient.
 */
import { belongsTo, type Frame } from '../../viewer/frames';
import type { Items } from './items';

const KEY = 'collimate.unseen';

/** The oldest are forgotten first. */
const MOST = 5000;

function stored(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

function keep(ids: readonly string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids.slice(-MOST)));
  } catch {
    // A browser without room still knows them while the case is open.
  }
}

/** Those of the case that are still to be looked at. */
export function unseenAmong(ids: Iterable<string>): ReadonlySet<string> {
  const known = new Set(stored());
  return new Set([...ids].filter((id) => known.has(id)));
}

export const noteUnseen = (ids: readonly string[]): void =>
  keep([...new Set([...stored(), ...ids])]);

/** What is left to be looked at once a frame was on screen. */
export function unseenBut(
  frame: Frame,
  items: Items,
  unseenIds: ReadonlySet<string>,
): ReadonlySet<string> {
  const isOn = (id: string): boolean => {
    const item = items[id];
    return item?.kind === 'segment' && belongsTo(frame, item);
  };
  const left = new Set([...unseenIds].filter((id) => !isOn(id)));
  if (left.size < unseenIds.size) keep(stored().filter((id) => !unseenIds.has(id) || left.has(id)));
  return left;
}
