/** Sends one file with progress, and makes the hash by which a file sent before is known. */
import { csrfHeaders, noteSignedOut } from '../../../api/client';
import type { PictureFacts } from '../../../api/pictures';
import { Problem, problemFrom, unreachable } from '../../../api/problem';
import { beginUpload, type ReceivedFile, showUpload, type UploadOut } from '../../../api/studies';
import { t } from '../../../words/t';

/** Larger files are sent without asking first: hashing needs them in memory at once. */
const LARGEST_HASHED_BYTES = 256 * 1024 * 1024;

/** Larger files go in pieces, so that a dropped connection costs a piece and not the file. */
export const PIECE_BYTES = 8 * 1024 * 1024;

/** How long to wait before each new try; given up after the last one without progress. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15000, 30000, 30000, 30000, 30000];

/** SHA-256 in hex, or null where the browser cannot or the file is too large. */
export async function hashOf(file: Blob): Promise<string | null> {
  // Browsers offer hashing on secure origins only.
  if (!globalThis.crypto?.subtle || file.size > LARGEST_HASHED_BYTES) return null;
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export interface Sending {
  projectId: string;
  name: string;
  file: Blob;
  sha256: string | null;
  /** Files of one drop share it, so that one report tells of them. */
  importId: string;
  picture: PictureFacts | null;
  onProgress: (share: number) => void;
  /** The connection is gone and will be tried again; false once it is back. */
  onWaiting: (isWaiting: boolean) => void;
  signal: AbortSignal;
}

/** Raises `Problem`; code `cancelled` when the signal stopped it. */
export function send(sending: Sending): Promise<ReceivedFile> {
  // What a table says of a picture may name a person, so it goes in a body and in no address.
  const isWhole = sending.file.size <= PIECE_BYTES && sending.picture === null;
  return isWhole ? sendWhole(sending) : sendInPieces(sending);
}

function sendWhole(sending: Sending): Promise<ReceivedFile> {
  const { projectId, name, sha256, importId, file } = sending;
  const query = new URLSearchParams({ name, import_id: importId });
  if (sha256) query.set('sha256', sha256);
  const address = `/api/projects/${encodeURIComponent(projectId)}/files?${query}`;
  return request<ReceivedFile>('POST', address, file, sending, (sent) =>
    sending.onProgress(sent / file.size),
  );
}

async function sendInPieces(sending: Sending): Promise<ReceivedFile> {
  const { projectId, name, sha256, importId, picture, file } = sending;
  const body = { name, byte_count: file.size, sha256, import_id: importId, picture };
  let upload = await patiently(sending, () => beginUpload(projectId, body));
  let idleCount = 0;
  while (!upload.file) {
    const { id, offset } = upload;
    sending.onProgress(offset / file.size);
    try {
      upload = await sendPiece(sending, id, offset);
      idleCount = 0;
      sending.onWaiting(false);
    } catch (error) {
      const pause = PAUSES_MS[idleCount];
      if (!isPassing(error) || pause === undefined) throw error;
      idleCount += 1;
      sending.onWaiting(true);
      await wait(pause, sending.signal);
      // What arrived of the piece before the line was cut is not sent again.
      upload = await patiently(sending, () => showUpload(id));
      if (upload.offset > offset) idleCount = 0;
    }
  }
  return upload.file;
}

function sendPiece(sending: Sending, id: string, offset: number): Promise<UploadOut> {
  const { file } = sending;
  const piece = file.slice(offset, offset + PIECE_BYTES);
  return request<UploadOut>(
    'PATCH',
    `/api/uploads/${id}?offset=${offset}`,
    piece,
    sending,
    (sent) => sending.onProgress((offset + sent) / file.size),
  );
}

/** A lost line, a server that restarts, or our own cut-off piece that it has not noticed yet. */
const PASSING = ['unreachable', 'upload-busy', 'offset-wrong', 'upload-cut-off'];

function isPassing(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  return PASSING.includes(error.code) || [502, 503, 504].includes(error.status);
}

/** Tries again while the connection is away. */
async function patiently<Value>(sending: Sending, attempt: () => Promise<Value>): Promise<Value> {
  for (const pause of PAUSES_MS) {
    try {
      const value = await attempt();
      sending.onWaiting(false);
      return value;
    } catch (error) {
      if (!isPassing(error)) throw error;
      sending.onWaiting(true);
      await wait(pause, sending.signal);
    }
  }
  return attempt();
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

const cancelled = () => new Problem(0, 'cancelled', t('Cancelled'), '');

function request<Value>(
  method: 'POST' | 'PATCH',
  address: string,
  body: Blob,
  { signal }: Sending,
  onSent: (bytes: number) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open(method, address);
    call.responseType = 'json';
    call.setRequestHeader('Content-Type', 'application/octet-stream');
    for (const [name, value] of Object.entries(csrfHeaders())) call.setRequestHeader(name, value);
    call.upload.onprogress = (event) => {
      if (event.lengthComputable) onSent(event.loaded);
    };
    const abort = () => call.abort();
    call.onloadend = () => signal.removeEventListener('abort', abort);
    call.onload = () => {
      noteSignedOut(new URL(address, window.location.origin).href, call.status);
      if (call.status < 300) resolve(call.response as Value);
      else reject(problemFrom(call.status, call.response));
    };
    call.onerror = () => reject(unreachable());
    call.onabort = () => reject(cancelled());
    signal.addEventListener('abort', abort, { once: true });
    call.send(body);
  });
}
