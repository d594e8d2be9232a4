/** Unsaved work kept on this computer: one record per user and read, in IndexedDB. */
import type { Draft, KeptDraft } from './draft';

export interface DraftStore {
  load(userId: string, readId: string): Promise<Draft | null>;
  keep(userId: string, readId: string, draft: KeptDraft): Promise<void>;
  drop(userId: string, readId: string): Promise<void>;
  /** Everything kept for one user, by read. */
  all(userId: string): Promise<Map<string, KeptDraft>>;
  /** Everything kept on this computer, whoever it belongs to; only ever counted. */
  count(isCounted: (draft: Draft) => boolean): Promise<number>;
}

const DATABASE = 'collimate';
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

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  return done(request);
}

/** Drafts in the browser's database. Raises: DOMException where the browser forbids it. */
export function browserDrafts(): DraftStore {
  let opened: Promise<IDBDatabase> | undefined;
  const begin = async (mode: IDBTransactionMode) => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    // Strict: on the disk and not only promised, for the day the power fails.
    return (await opened).transaction(TABLE, mode, { durability: 'strict' });
  };
  const change = async (make: (table: IDBObjectStore) => void) => {
    const transaction = await begin('readwrite');
    make(transaction.objectStore(TABLE));
    await written(transaction);
  };
  const read = async <T>(make: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    done(make((await begin('readonly')).objectStore(TABLE)));
  return {
    async load(userId, readId) {
      const found: unknown = await read((table) => table.get(keyOf(userId, readId)));
      return (found as Draft | undefined) ?? null;
    },
    keep: (userId, readId, draft) => change((table) => table.put(draft, keyOf(userId, readId))),
    drop: (userId, readId) => change((table) => table.delete(keyOf(userId, readId))),
    async all(userId) {
      const range = IDBKeyRange.bound(keyOf(userId, ''), keyOf(userId, '\uffff'));
      const table = (await begin('readonly')).objectStore(TABLE);
      const [keys, found] = await Promise.all([
        done(table.getAllKeys(range)),
        done<KeptDraft[]>(table.getAll(range)),
      ]);
      const idOf = (key: IDBValidKey) => String(key).slice(keyOf(userId, '').length);
      return new Map(found.map((draft, index) => [idOf(keys[index] ?? ''), draft]));
    },
    async count(isCounted) {
      const found = await read<Draft[]>((table) => table.getAll());
      return found.filter(isCounted).length;
    },
  };
}

/** The one store of this window. */
export const drafts = browserDrafts();
