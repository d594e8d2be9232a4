/** What is kept on this computer: one record per user and read, in IndexedDB. */
import type { Runs } from '../../geometry/mask';
import type { KeptDraft } from './draft';
import type { Items } from './items';

export interface KeyedStore<Kept> {
  load(userId: string, readId: string): Promise<Kept | null>;
  keep(userId: string, readId: string, kept: Kept): Promise<void>;
  drop(userId: string, readId: string): Promise<void>;
  /** Everything kept for one user, by read. */
  all(userId: string): Promise<Map<string, Kept>>;
  /** The reads of which something is kept, whoever it belongs to. */
  readIds(): Promise<Set<string>>;
  /** Everything kept on this computer, whoever it belongs to; only ever counted. */
  count(isCounted: (kept: Kept) => boolean): Promise<number>;
}

export type DraftStore = KeyedStore<KeptDraft>;

const TABLE = 'drafts';

const keyOf = (userId: string, readId: string): string => `${userId}/${readId}`;

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Writing is over when the transaction is: a full disk shows only then. */
function written(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function open(database: string): Promise<IDBDatabase> {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  return done(request);
}

/** A database of the browser. Raises: DOMException where the browser forbids it. */
export function keyedStore<Kept>(database: string): KeyedStore<Kept> {
  let opened: Promise<IDBDatabase> | undefined;
  const begin = async (mode: IDBTransactionMode, durability: IDBTransactionDurability) => {
    opened ??= open(database).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return (await opened).transaction(TABLE, mode, { durability });
  };
  const change = async (
    make: (table: IDBObjectStore) => void,
    durability: IDBTransactionDurability,
  ) => {
    const transaction = await begin('readwrite', durability);
    make(transaction.objectStore(TABLE));
    // At once: a page that is left does not come round to ending its transactions.
    transaction.commit();
    await written(transaction);
  };
  const read = async <T>(make: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    done(make((await begin('readonly', 'default')).objectStore(TABLE)));
  return {
    async load(userId, readId) {
      const found: unknown = await read((table) => table.get(keyOf(userId, readId)));
      return (found as Kept | undefined) ?? null;
    },
    // Strict: on the disk and not only promised, for the day the power fails.
    keep: (userId, readId, kept) =>
      change((table) => table.put(kept, keyOf(userId, readId)), 'strict'),
    // What comes back after a power failure is sent again, which changes nothing.
    drop: (userId, readId) => change((table) => table.delete(keyOf(userId, readId)), 'relaxed'),
    async all(userId) {
      const range = IDBKeyRange.bound(keyOf(userId, ''), keyOf(userId, '\uffff'));
      const table = (await begin('readonly', 'default')).objectStore(TABLE);
      const [keys, found] = await Promise.all([
        done(table.getAllKeys(range)),
        done<Kept[]>(table.getAll(range)),
      ]);
      const idOf = (key: IDBValidKey) => String(key).slice(keyOf(userId, '').length);
      return new Map(found.map((kept, index) => [idOf(keys[index] ?? ''), kept]));
    },
    async readIds() {
      const keys = await read((table) => table.getAllKeys());
      return new Set(keys.map((key) => String(key).slice(String(key).indexOf('/') + 1)));
    },
    async count(isCounted) {
      const found = await read<Kept[]>((table) => table.getAll());
      return found.filter(isCounted).length;
    },
  };
}

const packed = new WeakMap<Runs, Int32Array>();

/** Masks as arrays of numbers of one size, which a browser copies as a whole and not one by one. */
function pack(runs: Runs): Int32Array {
  const made = packed.get(runs) ?? Int32Array.from(runs);
  packed.set(runs, made);
  return made;
}

function withMasks(kept: KeptDraft, change: (runs: Runs) => ArrayLike<number>): KeptDraft {
  const items = Object.entries(kept.items).map(([id, item]) => [
    id,
    item.kind === 'segment' ? { ...item, runs: change(item.runs) } : item,
  ]);
  return { ...kept, items: Object.fromEntries(items) as Items };
}

/** What is kept may be from before masks were packed. */
const unpacked = (kept: KeptDraft): KeptDraft => withMasks(kept, (runs) => Array.from(runs));

export function browserDrafts(): DraftStore {
  const store = keyedStore<KeptDraft>('collimate');
  return {
    ...store,
    keep: (userId, readId, kept) => store.keep(userId, readId, withMasks(kept, pack)),
    async load(userId, readId) {
      const kept = await store.load(userId, readId);
      return kept && unpacked(kept);
    },
    async all(userId) {
      const all = await store.all(userId);
      return new Map([...all].map(([readId, kept]) => [readId, unpacked(kept)]));
    },
    count: (isCounted) => store.count((kept) => isCounted(unpacked(kept))),
  };
}

/** The one store of this window. */
export const drafts = browserDrafts();
