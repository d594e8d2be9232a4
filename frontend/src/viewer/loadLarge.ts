/** Loads a large frame as it comes: an early picture of its first bytes, then its exact values. */
import { Enums, type Types } from '@cornerstonejs/core';
import { wadors } from '@cornerstonejs/dicom-image-loader';
import type { DicomObject } from './dicomJson';
import { numberOf } from './dicomJson';
import { earlyWanted, tellEarly } from './early';
import { decodeExactly, type LoadOptions } from './exactValues';
import {
  acceptAt,
  earlyLevel,
  halved,
  isProgressive,
  isWhole,
  shareFor,
  syntaxOf,
} from './largeFrames';

/** A frame that did not come; `status` is the answer's, 0 when none came or it broke off. */
export class FrameNotDelivered extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`frame answered ${status}`); // not shown
    this.status = status;
  }
}

/** Sooner than this the whole frame is there, and an early picture would only delay it. */
const SOON_MS = 300;

/** How fast the last large frame came, in bytes per millisecond. */
let speed = 0;

/** Raises: FrameNotDelivered, and what the decoder refuses with. */
export function loadLarge(imageId: string, options?: LoadOptions) {
  return { promise: load(imageId, options) };
}

async function load(imageId: string, options?: LoadOptions): Promise<Types.IImage> {
  const isAhead = options?.requestType === Enums.RequestType.Prefetch;
  const answer = await fetch(imageId.slice('wadors:'.length), {
    headers: { Accept: acceptAt(speed) },
    credentials: 'same-origin',
    priority: isAhead ? 'low' : 'high',
  }).catch(() => {
    throw new FrameNotDelivered(0);
  });
  if (!answer.ok || !answer.body) throw new FrameNotDelivered(answer.status);
  const syntax = syntaxOf(answer.headers.get('Content-Type'));
  const early = isProgressive(syntax) ? earlyPicture(imageId, syntax, options) : null;
  const bytes = await received(answer, (part, total, since) => early?.(part, total, since));
  if (isProgressive(syntax) && !isWhole(bytes)) throw new Error('codestream without an end'); // not shown
  return decodeExactly(imageId, bytes, syntax, options);
}

type Part = (part: Uint8Array, total: number, sinceMs: number) => void;

async function received(answer: Response, onPart: Part): Promise<Uint8Array> {
  const total = Number(answer.headers.get('Content-Length'));
  const bytes = new Uint8Array(total);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const begun = performance.now();
  let count = 0;
  const next = () =>
    reader.read().catch(() => {
      throw new FrameNotDelivered(0);
    });
  for (let read = await next(); !read.done; read = await next()) {
    if (count + read.value.length > total) throw new FrameNotDelivered(0);
    bytes.set(read.value, count);
    count += read.value.length;
    if (count < total) onPart(bytes.subarray(0, count), total, performance.now() - begun);
  }
  if (count !== total || total === 0) throw new FrameNotDelivered(0);
  speed = total / Math.max(1, performance.now() - begun);
  return bytes;
}

/** Decodes one early picture, as soon as it is worth while and somebody waits for the frame. */
function earlyPicture(imageId: string, syntax: string, options?: LoadOptions): Part | null {
  const image = wadors.metaDataManager.get(imageId) as unknown as DicomObject;
  const size = {
    rows: numberOf(image, '00280010') ?? 0,
    columns: numberOf(image, '00280011') ?? 0,
  };
  const level = earlyLevel(size);
  if (level === 0) return null;
  let isMade = false;
  return (part, total, sinceMs) => {
    if (isMade || part.length < total * shareFor(level) || !earlyWanted(imageId)) return;
    if ((sinceMs * (total - part.length)) / part.length < SOON_MS) return;
    isMade = true;
    const earlyId = `${imageId}?level=${level}`;
    wadors.metaDataManager.add(earlyId, halved(image, level) as never);
    decodeExactly(earlyId, part.slice(), syntax, { ...options, decodeLevel: level })
      .then((early) => tellEarly(imageId, early))
      .catch(() => undefined); // the whole frame says what is wrong
  };
}
