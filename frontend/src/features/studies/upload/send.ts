/** Sends one file with progress, and makes the hash by which a file sent before is known. */
import { csrfHeaders, noteSignedOut } from '../../../api/client';
import { Problem, problemFrom, unreachable } from '../../../api/problem';
import type { ReceivedFile } from '../../../api/studies';

/** Larger files are sent without asking first: hashing needs them in memory at once. */
const LARGEST_HASHED_BYTES = 256 * 1024 * 1024;

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
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

function addressOf({ projectId, name, sha256, importId }: Sending): string {
  const query = new URLSearchParams({ name, import_id: importId });
  if (sha256) query.set('sha256', sha256);
  return `/api/projects/${encodeURIComponent(projectId)}/files?${query}`;
}

/** Raises `Problem`; code `cancelled` when the signal stopped it. */
export function send(sending: Sending): Promise<ReceivedFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const address = addressOf(sending);
    request.open('POST', address);
    request.responseType = 'json';
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    for (const [name, value] of Object.entries(csrfHeaders()))
      request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) sending.onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      noteSignedOut(new URL(address, window.location.origin).href, request.status);
      if (request.status < 300) resolve(request.response as ReceivedFile);
      else reject(problemFrom(request.status, request.response));
    };
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new Problem(0, 'cancelled', 'Cancelled', ''));
    sending.signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(sending.file);
  });
}
