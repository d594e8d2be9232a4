/** Reading DICOM JSON (PS3.18 annex F): single values, number lists and per-frame attributes. */

export interface DicomElement {
  readonly vr?: string;
  readonly Value?: readonly unknown[];
  readonly BulkDataURI?: string;
  readonly InlineBinary?: string;
}

/** One object as the server describes it: attributes by tag, "GGGGEEEE" in upper case. */
export type DicomObject = Readonly<Record<string, DicomElement | undefined>>;

const SHARED_GROUPS = '52009229';
const PER_FRAME_GROUPS = '52009230';
const NUMBER_OF_FRAMES = '00280008';

export function textOf(object: DicomObject, tag: string): string | undefined {
  const value = object[tag]?.Value?.[0];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** All values as finite numbers, or undefined when one is missing or is none. */
export function numbersOf(object: DicomObject, tag: string): number[] | undefined {
  const values = object[tag]?.Value;
  if (!values || values.length === 0) return undefined;
  const numbers = values.map(Number);
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

export const numberOf = (object: DicomObject, tag: string): number | undefined =>
  numbersOf(object, tag)?.[0];

/** The items of a sequence; empty when the sequence is absent. */
export const itemsOf = (object: DicomObject, tag: string): DicomObject[] =>
  (object[tag]?.Value ?? []).filter(
    (item): item is DicomObject => typeof item === 'object' && item !== null,
  );

export const frameCountOf = (object: DicomObject): number =>
  Math.max(1, Math.floor(numberOf(object, NUMBER_OF_FRAMES) ?? 1));

/** The attributes inside the functional groups of one item, one level deep. */
function groupAttributes(groups: DicomObject | undefined): Record<string, DicomElement> {
  const found: Record<string, DicomElement> = {};
  for (const sequence of Object.values(groups ?? {})) {
    const item = sequence?.Value?.[0];
    if (typeof item === 'object' && item !== null) Object.assign(found, item);
  }
  return found;
}

/**
 * One frame of an object as if it were a single-frame image: shared groups first, then the
 * frame's own, over the attributes of the object (PS3.3 C.7.6.16). `frameNumber` counts from 1.
 */
export function frameAsImage(object: DicomObject, frameNumber: number): DicomObject {
  const { [SHARED_GROUPS]: _shared, [PER_FRAME_GROUPS]: _perFrame, ...rest } = object;
  return {
    ...rest,
    ...groupAttributes(itemsOf(object, SHARED_GROUPS)[0]),
    ...groupAttributes(itemsOf(object, PER_FRAME_GROUPS)[frameNumber - 1]),
    [NUMBER_OF_FRAMES]: { vr: 'IS', Value: [1] },
  };
}
