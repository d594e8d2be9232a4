/** Unsaved work kept on this computer: one record per user and read, in IndexedDB. */
import type { Draft } from './draft';

export interface DraftStore {
  load(userId: string, readId: string): Promise<Draft | null>;
  keep(userId: string, readId: string, draft: Draft): Promise<void>;
  drop(userId: string, readId: string): Promise<void>;
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

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  return done(request);
}

/** Drafts in the browser's database. Raises: DOMException where the browser forbids it. */
export function browserDrafts(): DraftStore {
  let opened: Promise<IDBDatabase> | undefined;
  const table = async (mode: IDBTransactionMode) => {
    opened ??= open();
    return (await opened).transaction(TABLE, mode).objectStore(TABLE);
  };
  return {
    async load(userId, readId) {
      const found: unknown = await done((await table('readonly')).get(keyOf(userId, readId)));
      return (found as Draft | undefined) ?? null;
    },
    async keep(userId, readId, draft) {
      await done((await table('readwrite')).put(draft, keyOf(userId, readId)));
    },
    async drop(userId, readId) {
      await done((await table('readwrite')).delete(keyOf(userId, readId)));
    },
  };
}
