/** Large frames: which they are, what of them makes an early picture, and how they are asked for. */
import type { ImageSize } from '../geometry/units';
import { type DicomObject, numberOf } from './dicomJson';

/** The server keeps frames from this size on as HTJ2K too (`progressive_frame_bytes`). */
export const LARGE_BYTES = 4 * 1024 * 1024;

/** The longer side an early picture has at least. */
const EARLY_SIDE = 700;

/** Bytes per millisecond from which unpacking costs more time than the saved bytes do. */
const FAST = 60_000;

const HTJ2K_RPCL = '1.2.840.10008.1.2.4.202';
/** Explicit VR little endian: the values themselves. */
export const PLAIN_SYNTAX = '1.2.840.10008.1.2.1';

/** Grey of any depth and colour of 8 bits; other colour is seldom and comes plain. */
export function isLarge(image: DicomObject): boolean {
  const [rows, columns] = [numberOf(image, '00280010') ?? 0, numberOf(image, '00280011') ?? 0];
  const samples = numberOf(image, '00280002') ?? 1;
  const bytes = Math.ceil((numberOf(image, '00280100') ?? 8) / 8);
  return (samples === 1 || bytes === 1) && rows * columns * samples * bytes >= LARGE_BYTES;
}

/** How often an image is halved for its early picture; 0 where it would be too small to be useful. */
export function earlyLevel({ rows, columns }: ImageSize): number {
  return Math.max(0, Math.floor(Math.log2(Math.max(rows, columns) / EARLY_SIDE)));
}

/**
 * The share of a codestream after which its image, halved so often, is there: resolutions come
 * first (RPCL), and small ones take more than their share because they hold less that is alike.
 */
export const shareFor = (level: number): number => 1.6 / 4 ** level;

/** What is asked for: HTJ2K unless the connection is so fast that plain values are there sooner. */
export function acceptAt(bytesPerMs: number): string {
  const plain = `application/octet-stream; transfer-syntax=${PLAIN_SYNTAX}`;
  return bytesPerMs > FAST ? plain : `image/jphc; transfer-syntax=${HTJ2K_RPCL}, ${plain}; q=0.5`;
}

/** The transfer syntax of an answer; what says nothing is plain. */
export function syntaxOf(contentType: string | null): string {
  const named = /transfer-syntax="?([\d.]+)/.exec(contentType ?? '')?.[1];
  return named ?? (contentType?.startsWith('image/jphc') ? HTJ2K_RPCL : PLAIN_SYNTAX);
}

export const isProgressive = (syntax: string): boolean => syntax === HTJ2K_RPCL;

/** A codestream ends with its end marker; the decoder would fill in what is missing of another. */
export const isWhole = (codestream: Uint8Array): boolean =>
  codestream.at(-2) === 0xff && codestream.at(-1) === 0xd9;

/** The image as its early picture describes it: fewer, larger pixels from the same first place. */
export function halved(image: DicomObject, level: number): DicomObject {
  const factor = 2 ** level;
  const pixels = (tag: string) => ({
    vr: 'US',
    Value: [Math.ceil((numberOf(image, tag) ?? 0) / factor)],
  });
  const spacing = (image['00280030']?.Value ?? []).map((length) => Number(length) * factor);
  return {
    ...image,
    '00280010': pixels('00280010'),
    '00280011': pixels('00280011'),
    '00280030': { vr: 'DS', Value: spacing },
  };
}
