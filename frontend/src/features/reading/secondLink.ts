/** The thread between the window one reads in and the second one beside it, within one browser. */
import type { GreyWindow } from '../../viewer/frameFacts';
import type { Item, Items } from './items';
import type { Links } from './layout';

/** What the active viewport of a window shows. */
export interface Seen {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  /** Null where it is not the one of a stack. */
  readonly window: GreyWindow | null;
  /** It was led there by the other window, which must not follow it back. */
  readonly isLed: boolean;
}

/** What changed in the work since it was last told. */
export interface Change {
  readonly changed: Readonly<Record<string, Item>>;
  readonly gone: readonly string[];
}

export type Told =
  /** The second window is there and wants to know the case. */
  | { readonly type: 'hello' }
  /** The second window says what the two have in common. */
  | { readonly type: 'links'; readonly links: Links }
  /** The second window was closed. */
  | { readonly type: 'left' }
  /** The worklist in the second window asks the first one to go to another case. */
  | { readonly type: 'open'; readonly projectId: string; readonly readId: string }
  | {
      readonly type: 'case';
      readonly projectId: string;
      readonly readId: string;
      /** Series that are on screen in the first window. */
      readonly shown: readonly string[];
      readonly items: Items;
      readonly seen: Seen | null;
    }
  | ({ readonly type: 'items'; readonly readId: string } & Change)
  | { readonly type: 'seen'; readonly readId: string; readonly seen: Seen }
  /** The first window has no case open any more. */
  | { readonly type: 'closed' };

export interface SecondLink {
  tell(told: Told): void;
  close(): void;
}

const PAIR = 'collimate/second-window';

/** Both windows of a pair have the same: a window that is opened takes over what its opener keeps. */
export function pairName(): string {
  const known = sessionStorage.getItem(PAIR);
  if (known) return known;
  const made = crypto.randomUUID();
  sessionStorage.setItem(PAIR, made);
  return made;
}

/** What another account left open in this browser is not heard. */
export function openLink(userId: string, onTold: (told: Told) => void): SecondLink {
  const channel = new BroadcastChannel(`${PAIR}/${pairName()}/${userId}`);
  channel.addEventListener('message', ({ data }: MessageEvent<Told>) => onTold(data));
  return {
    tell: (told) => channel.postMessage(told),
    close: () => channel.close(),
  };
}

/** Items never change, so that those which are the same need not be told again. */
export function changeOf(before: Items, after: Items): Change {
  const changed = Object.entries(after).filter(([id, item]) => before[id] !== item);
  return {
    changed: Object.fromEntries(changed),
    gone: Object.keys(before).filter((id) => !after[id]),
  };
}

export function withChange(items: Items, { changed, gone }: Change): Items {
  const kept = Object.entries(items).filter(([id]) => !gone.includes(id));
  return { ...Object.fromEntries(kept), ...changed };
}

/** What the first window last said of itself. */
export interface First {
  readonly readId: string;
  readonly shown: readonly string[];
  readonly seen: Seen | null;
  /** The work as it is there; null until it is told. */
  readonly items: Items | null;
}

export const unheard = (readId: string): First => ({ readId, shown: [], seen: null, items: null });

/** What is known of the first window after it said this. */
export function hear(first: First, told: Told): First {
  if (told.type === 'case') {
    const { readId, shown, seen, items } = told;
    return { readId, shown, seen, items };
  }
  if (!('readId' in told) || told.readId !== first.readId) return first;
  if (told.type === 'seen') return { ...first, seen: told.seen };
  if (told.type !== 'items' || !first.items) return first;
  return { ...first, items: withChange(first.items, told) };
}

/** Happens on the first window when the reader is at work in the second one. */
export const READ_ELSEWHERE = 'collimate-elsewhere';

const HANDS = ['pointerdown', 'wheel', 'keydown'] as const;

let leads = true;

function lead(): void {
  leads = true;
}

if (typeof window !== 'undefined')
  for (const name of HANDS) window.addEventListener(name, lead, { capture: true, passive: true });

/** Whichever window was touched last leads. */
export const isLeading = (): boolean => leads;

export function followOther(): void {
  leads = false;
}
