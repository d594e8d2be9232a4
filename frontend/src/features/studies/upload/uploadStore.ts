/** Uploads under way; they go on while the user looks at other pages. */
import { create } from 'zustand';
import { asProblem, type Problem } from '../../../api/problem';
import { knownFiles } from '../../../api/studies';
import type { PickedFile } from './dropped';
import { hashOf, send } from './send';

export type UploadState = 'waiting' | 'sending' | 'sent' | 'known' | 'failed' | 'cancelled';

export interface Upload {
  id: number;
  projectId: string;
  importId: string;
  name: string;
  file: File;
  state: UploadState;
  /** 0..1 */
  share: number;
  text: string;
}

interface UploadStore {
  uploads: readonly Upload[];
  add: (projectId: string, files: readonly PickedFile[]) => void;
  retryFailed: () => void;
  cancel: () => void;
  clear: () => void;
}

const AT_ONCE = 3;

let nextId = 1;
let running = 0;
let stop = new AbortController();

function change(id: number, next: Partial<Upload>): void {
  useUploads.setState(({ uploads }) => ({
    uploads: uploads.map((upload) => (upload.id === id ? { ...upload, ...next } : upload)),
  }));
}

async function sendOne(upload: Upload, signal: AbortSignal): Promise<void> {
  const sha256 = await hashOf(upload.file);
  if (sha256) {
    const { known } = await knownFiles(upload.projectId, [sha256]);
    if (known.includes(sha256)) {
      change(upload.id, { state: 'known', share: 1, text: 'already here' });
      return;
    }
  }
  const onProgress = (share: number) => change(upload.id, { share });
  const received = await send({ ...upload, sha256, onProgress, signal });
  const isKnown = received.state === 'duplicate';
  change(upload.id, {
    state: isKnown ? 'known' : 'sent',
    share: 1,
    text: isKnown ? 'already here' : '',
  });
}

const LOST = 'The connection was lost; this file is sent again by itself.';
const TRY_AGAIN_MS = 5000;

const isLost = ({ status }: Problem): boolean => [0, 429, 502, 503, 504].includes(status);

/** Until the browser sees a network again, a few seconds have passed, or all was stopped. */
function untilWorthTrying(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, TRY_AGAIN_MS);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

async function work(): Promise<void> {
  running += 1;
  const { signal } = stop;
  for (;;) {
    const upload = useUploads.getState().uploads.find((one) => one.state === 'waiting');
    if (!upload || signal.aborted) break;
    change(upload.id, { state: 'sending', text: '' });
    try {
      await sendOne(upload, signal);
    } catch (error) {
      const problem = asProblem(error);
      const isCancelled = problem.code === 'cancelled';
      if (isLost(problem) && !isCancelled) {
        // A gap in the network must not fail ten thousand files one after the other.
        change(upload.id, { state: 'waiting', share: 0, text: LOST });
        await untilWorthTrying(signal);
        continue;
      }
      change(upload.id, {
        state: isCancelled ? 'cancelled' : 'failed',
        text: problem.detail || problem.title,
      });
    }
  }
  running -= 1;
}

function startWorkers(): void {
  while (running < AT_ONCE && waitingCount() > running) void work();
}

function waitingCount(): number {
  return useUploads.getState().uploads.filter((upload) => upload.state === 'waiting').length;
}

export const useUploads = create<UploadStore>()((set, get) => ({
  uploads: [],
  add: (projectId, files) => {
    if (stop.signal.aborted) stop = new AbortController();
    const importId = newImportId();
    const added = files.map(({ name, file }): Upload => {
      nextId += 1;
      return { id: nextId, projectId, importId, name, file, state: 'waiting', share: 0, text: '' };
    });
    set({ uploads: [...get().uploads, ...added] });
    startWorkers();
  },
  retryFailed: () => {
    if (stop.signal.aborted) stop = new AbortController();
    set({
      uploads: get().uploads.map((upload) =>
        upload.state === 'failed' || upload.state === 'cancelled'
          ? { ...upload, state: 'waiting', share: 0, text: '' }
          : upload,
      ),
    });
    startWorkers();
  },
  cancel: () => {
    stop.abort();
    set({
      uploads: get().uploads.map((upload) =>
        upload.state === 'waiting' ? { ...upload, state: 'cancelled', text: '' } : upload,
      ),
    });
  },
  clear: () => set({ uploads: get().uploads.filter(isUnderWay) }),
}));

/** A random UUID; `crypto.randomUUID` exists on secure origins only. */
function newImportId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function isUnderWay(upload: Upload): boolean {
  return upload.state === 'waiting' || upload.state === 'sending';
}

export interface UploadSum {
  count: number;
  doneCount: number;
  knownCount: number;
  failedCount: number;
  bytes: number;
  sentBytes: number;
}

export function sumOf(uploads: readonly Upload[]): UploadSum {
  const sum = { count: 0, doneCount: 0, knownCount: 0, failedCount: 0, bytes: 0, sentBytes: 0 };
  for (const upload of uploads) {
    sum.count += 1;
    sum.bytes += upload.file.size;
    sum.sentBytes += upload.file.size * upload.share;
    if (upload.state === 'sent' || upload.state === 'known') sum.doneCount += 1;
    if (upload.state === 'known') sum.knownCount += 1;
    if (upload.state === 'failed' || upload.state === 'cancelled') sum.failedCount += 1;
  }
  return sum;
}
