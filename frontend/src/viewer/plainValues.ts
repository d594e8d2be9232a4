/** Grey frames as the server sends them plain, turned into values without a worker in between. */
import { type DicomObject, numberOf, textOf } from './dicomJson';

/** How the values of a plain frame are stored, and what makes modality values of them. */
export interface PlainKind {
  readonly count: number;
  /** Bits a sample takes. */
  readonly bits: 8 | 16;
  /** Bits of it that count. */
  readonly used: number;
  readonly isSigned: boolean;
  readonly slope: number;
  readonly intercept: number;
}

export interface PlainValues {
  readonly values: Values;
  readonly least: number;
  readonly most: number;
}

export type Values =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>;

/** Tables in place of a slope, a sigmoid window: these are left to the loader. */
const MODALITY_LUT = '00283000';
const VOI_LUT = '00283010';
const VOI_FUNCTION = '00281056';

/** The loader scales these by more than slope and intercept. */
const SCALED_OTHERWISE = ['PT', 'RTDOSE'];

/** How the plain values of an image are read; null where that takes more than a slope. */
export function plainKindOf(image: DicomObject): PlainKind | null {
  const number = (tag: string, otherwise: number) => numberOf(image, tag) ?? otherwise;
  const [bits, used] = [number('00280100', 16), number('00280101', 16)];
  const [slope, intercept] = [number('00281053', 1), number('00281052', 0)];
  const isGrey =
    number('00280002', 1) === 1 && (textOf(image, '00280004') ?? '').startsWith('MONOCHROME');
  const isScaledOtherwise =
    SCALED_OTHERWISE.includes(textOf(image, '00080060') ?? '') ||
    Boolean(image[MODALITY_LUT]?.Value?.length || image[VOI_LUT]?.Value?.length) ||
    (textOf(image, VOI_FUNCTION) ?? 'LINEAR') !== 'LINEAR';
  if (!isGrey || isScaledOtherwise || slope === 0 || (bits !== 8 && bits !== 16)) return null;
  if (used < 1 || used > bits) return null;
  const count = number('00280010', 0) * number('00280011', 0);
  return { count, bits, used, isSigned: number('00280103', 0) === 1, slope, intercept };
}

/** Raises: there are too few bytes. */
export function plainValues(bytes: ArrayBuffer, kind: PlainKind): PlainValues {
  if (bytes.byteLength < (kind.count * kind.bits) / 8) throw new Error('frame cut off'); // not shown
  const stored = storedValues(bytes, kind);
  let [low, high] = [stored[0] ?? 0, stored[0] ?? 0];
  for (let at = 1; at < stored.length; at += 1) {
    const value = stored[at] as number;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  const { slope, intercept } = kind;
  const isWhole = Number.isInteger(slope) && Number.isInteger(intercept);
  const end = (value: number) =>
    isWhole ? value * slope + intercept : Math.fround(value * slope + intercept);
  const [least, most] = [Math.min(end(low), end(high)), Math.max(end(low), end(high))];
  const Type = isWhole ? smallestType(least, most) : Float32Array;
  if (slope === 1 && intercept === 0 && Type === stored.constructor)
    return { values: stored, least, most };
  const values = new Type(kind.count);
  for (let at = 0; at < stored.length; at += 1)
    values[at] = (stored[at] as number) * slope + intercept;
  return { values, least, most };
}

/** Little-endian, as every browser reads it; signs are spread over the bits that do not count. */
function storedValues(bytes: ArrayBuffer, { count, bits, used, isSigned }: PlainKind): Values {
  if (!isSigned)
    return bits === 8 ? new Uint8Array(bytes, 0, count) : new Uint16Array(bytes, 0, count);
  const stored = bits === 8 ? new Int8Array(bytes, 0, count) : new Int16Array(bytes, 0, count);
  if (used === bits) return stored;
  const shift = 32 - used;
  for (let at = 0; at < count; at += 1) stored[at] = ((stored[at] as number) << shift) >> shift;
  return stored;
}

function smallestType(least: number, most: number) {
  if (least >= 0) {
    if (most <= 0xff) return Uint8Array;
    if (most <= 0xffff) return Uint16Array;
    return most <= 0xffff_ffff ? Uint32Array : Float32Array;
  }
  if (least >= -0x80 && most <= 0x7f) return Int8Array;
  return least >= -0x8000 && most <= 0x7fff ? Int16Array : Float32Array;
}
