/** Uploads under way; they go on while the user looks at other pages. */
import { create } from 'zustand';
import { asProblem, Problem } from '../../../api/problem';
import { knownFiles } from '../../../api/studies';
import { t } from '../../../words/t';
import type { Picked, PickedFile } from './dropped';
import { newImportId } from './importId';
import { hashOf, PIECE_BYTES, send } from './send';
import { isUnderWay, type Upload } from './upload';

interface UploadStore {
  uploads: readonly Upload[];
  /** Files that are no images (DICOMDIR, viewers, help texts) and were not sent. */
  leftOutCount: number;
  add: (projectId: string, picked: Picked) => void;
  retryFailed: () => void;
  cancel: () => void;
  clear: () => void;
}

const AT_ONCE = 3;

/** Of how many small files the server is asked at once whether it has them. */
const TOGETHER = 20;

const CANCELLED = new Problem(0, 'cancelled', t('Cancelled'), '');

/** Changes are shown together: ten thousand files must not redraw the page ten thousand times. */
const SHOWN_EVERY_MS = 200;

let nextId = 1;
let running = 0;
let stop = new AbortController();
let queue: Upload[] = [];
const pending = new Map<number, Partial<Upload>>();
let showing: ReturnType<typeof setTimeout> | undefined;

function change(id: number, next: Partial<Upload>): void {
  pending.set(id, { ...pending.get(id), ...next });
  showing ??= setTimeout(show, SHOWN_EVERY_MS);
}

function show(): void {
  clearTimeout(showing);
  showing = undefined;
  if (pending.size === 0) return;
  useUploads.setState(({ uploads }) => ({
    uploads: uploads.map((upload) => {
      const next = pending.get(upload.id);
      return next ? { ...upload, ...next } : upload;
    }),
  }));
  pending.clear();
}

interface Hashed {
  upload: Upload;
  sha256: string | null;
}

/** Hashes of a few files, without those that the server has already. */
async function stillToSend(batch: readonly Upload[]): Promise<Hashed[]> {
  const hashed: Hashed[] = [];
  for (const upload of batch) hashed.push({ upload, sha256: await hashOf(upload.file) });
  // Equal pictures may be of different patients, so what is here says nothing of them.
  const asked = hashed.flatMap(({ upload, sha256 }) => (sha256 && !upload.picture ? [sha256] : []));
  const projectId = batch[0]?.projectId;
  if (asked.length === 0 || projectId === undefined) return hashed;
  const { known } = await knownFiles(projectId, asked);
  const here = new Set(known);
  for (const { upload, sha256 } of hashed) {
    if (!upload.picture && sha256 && here.has(sha256)) {
      change(upload.id, { state: 'known', share: 1, text: t('already here') });
    }
  }
  return hashed.filter(({ upload, sha256 }) => upload.picture || !(sha256 && here.has(sha256)));
}

async function sendOne({ upload, sha256 }: Hashed, signal: AbortSignal): Promise<void> {
  change(upload.id, { state: 'sending', text: '' });
  const received = await send({
    ...upload,
    sha256,
    signal,
    onProgress: (share) => change(upload.id, { share }),
    onWaiting: (isWaiting) =>
      change(upload.id, { text: isWaiting ? t('Connection lost, trying again') : '' }),
  });
  const isKnown = received.state === 'duplicate';
  change(upload.id, {
    state: isKnown ? 'known' : 'sent',
    share: 1,
    text: isKnown ? t('already here') : '',
  });
}

const LOST = t('The connection was lost; this file is sent again by itself.');
const TRY_AGAIN_MS = 5000;

const isLost = ({ status, code }: Problem): boolean =>
  [0, 429, 502, 503, 504].includes(status) && !['cancelled', 'unexpected'].includes(code);

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

function fail(upload: Upload, error: unknown): void {
  const problem = asProblem(error);
  const isCancelled = problem.code === 'cancelled';
  change(upload.id, {
    state: isCancelled ? 'cancelled' : 'failed',
    text: isCancelled ? '' : problem.detail || problem.title,
  });
}

/** Files that could not be sent: failed, or, where only the line is gone, first in the queue again. */
async function settle(
  uploads: readonly Upload[],
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || !isLost(asProblem(error))) {
    for (const upload of uploads) fail(upload, signal.aborted ? CANCELLED : error);
    return;
  }
  // A gap in the network must not fail ten thousand files one after the other.
  for (const upload of uploads) change(upload.id, { state: 'waiting', share: 0, text: LOST });
  queue = [...uploads, ...queue];
  await untilWorthTrying(signal);
}

/** The next few of one project; large files come one by one. */
function nextBatch(): Upload[] {
  const first = queue[0];
  if (!first) return [];
  const isSmall = (upload: Upload) =>
    upload.projectId === first.projectId && upload.file.size <= PIECE_BYTES;
  let count = 1;
  if (isSmall(first)) {
    while (count < TOGETHER && queue[count] && isSmall(queue[count] as Upload)) count += 1;
  }
  return queue.splice(0, count);
}

async function work(): Promise<void> {
  running += 1;
  const { signal } = stop;
  for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
    let hashed: Hashed[] = [];
    try {
      hashed = await stillToSend(batch);
    } catch (error) {
      await settle(batch, error, signal);
    }
    for (const [place, one] of hashed.entries()) {
      try {
        signal.throwIfAborted();
        await sendOne(one, signal);
      } catch (error) {
        const isGone = isLost(asProblem(error)) && !signal.aborted;
        const rest = isGone ? hashed.slice(place) : [one];
        await settle(
          rest.map(({ upload }) => upload),
          error,
          signal,
        );
        if (isGone) break;
      }
    }
    if (signal.aborted) break;
  }
  running -= 1;
  if (running === 0) show();
}

function start(uploads: Upload[]): void {
  queue = [...queue, ...uploads];
  // A worker takes its first file before it waits for anything.
  while (running < AT_ONCE && queue.length > 0) void work();
}

export const useUploads = create<UploadStore>()((set, get) => ({
  uploads: [],
  leftOutCount: 0,
  add: (projectId, { files, leftOutCount }) => {
    if (stop.signal.aborted) stop = new AbortController();
    const importId = newImportId();
    const added = files.map(({ name, file, picture }: PickedFile): Upload => {
      nextId += 1;
      const fresh = { state: 'waiting', share: 0, text: '' } as const;
      return { id: nextId, projectId, importId, name, file, picture: picture ?? null, ...fresh };
    });
    set({
      uploads: [...get().uploads, ...added],
      leftOutCount: get().leftOutCount + leftOutCount,
    });
    start(added);
  },
  retryFailed: () => {
    if (stop.signal.aborted) stop = new AbortController();
    show();
    const again: Upload[] = [];
    const uploads = get().uploads.map((upload) => {
      if (upload.state !== 'failed' && upload.state !== 'cancelled') return upload;
      const waiting: Upload = { ...upload, state: 'waiting', share: 0, text: '' };
      again.push(waiting);
      return waiting;
    });
    set({ uploads });
    start(again);
  },
  cancel: () => {
    stop.abort();
    queue = [];
    show();
    set({
      uploads: get().uploads.map((upload) =>
        upload.state === 'waiting' ? { ...upload, state: 'cancelled', text: '' } : upload,
      ),
    });
  },
  clear: () => set({ uploads: get().uploads.filter(isUnderWay), leftOutCount: 0 }),
}));
