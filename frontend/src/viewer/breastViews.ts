/** Which view of which breast a mammogram is (PS3.3 C.8.11.7), and the images of one such view. */
import { type DicomObject, itemsOf, textOf } from './dicomJson';
import type { Frame, Series } from './frames';

export interface BreastView {
  readonly laterality: 'R' | 'L';
  /** CC, MLO and so on; empty where the file does not say. */
  readonly position: string;
  /** Magnified, spot compressed, implant displaced and the like. */
  readonly isModified: boolean;
}

/** Positions by their code in PS3.16 CID 4014: SNOMED CT, and the older SNOMED-RT of most files. */
const POSITIONS: Readonly<Record<string, string>> = {
  '399162004': 'CC',
  'R-10242': 'CC',
  '399368009': 'MLO',
  'R-10226': 'MLO',
  '399260004': 'ML',
  'R-10224': 'ML',
  '399352003': 'LM',
  'R-10228': 'LM',
  '399099002': 'LMO',
  'R-10230': 'LMO',
  '399192008': 'XCCL',
  'R-1024A': 'XCCL',
  '399101009': 'XCCM',
  'R-1024B': 'XCCM',
  '399011000': 'FB',
  'R-10244': 'FB',
  '399188001': 'SIO',
  'R-102D0': 'SIO',
  '441555000': 'ISO',
  'R-40AAA': 'ISO',
};

/** The laterality and view of a mammogram; null for other images, and where no side is given. */
export function breastViewOf(image: DicomObject): BreastView | null {
  if (textOf(image, '00080060') !== 'MG') return null;
  const laterality = ['00200062', '00209072', '00200060']
    .map((tag) => textOf(image, tag)?.toUpperCase())
    .find((side) => side === 'R' || side === 'L');
  if (laterality !== 'R' && laterality !== 'L') return null;
  const code = itemsOf(image, '00540220')[0];
  const coded = code ? POSITIONS[textOf(code, '00080100') ?? ''] : undefined;
  const position = coded ?? textOf(image, '00185101')?.trim().toUpperCase() ?? '';
  const isModified = code !== undefined && itemsOf(code, '00540222').length > 0;
  return { laterality, position, isModified };
}

/** "R CC": how hanging protocols and corners call a view. */
export const viewName = ({
  laterality,
  position,
}: Pick<BreastView, 'laterality' | 'position'>): string =>
  position ? `${laterality} ${position}` : laterality;

const viewOf = (frame: Frame): BreastView | null => breastViewOf(frame.attributes);

export const nameOfView = (frame: Frame): string => {
  const view = viewOf(frame);
  return view ? viewName(view) : '';
};

const isForProcessing = (frame: Frame): boolean =>
  textOf(frame.attributes, '00080068') === 'FOR PROCESSING';

const isModified = (frame: Frame): boolean => viewOf(frame)?.isModified ?? false;

/** Plain exposures before modified ones; the newest of a repeated one is not known to be better. */
const plainFirst = (one: Frame, other: Frame): number =>
  Number(isModified(one)) - Number(isModified(other));

const made = new WeakMap<Series, Map<string, Series>>();

/**
 * The images of one view as a stack of their own, whichever series hold them: a repeated or a
 * magnified exposure comes after the plain one. Raw images are left out where processed ones are
 * there, and a tomosynthesis where a mammogram is. Undefined where the view was not taken.
 * Asked again about the same series it answers the same stack.
 */
export function stackOfView(series: readonly Series[], name: string): Series | undefined {
  const all = series.flatMap((one) => one.frames.filter((frame) => nameOfView(frame) === name));
  const flat = all.filter((frame) => !isOneOfMany(series, frame));
  const single = flat.length > 0 ? flat : all.filter((frame) => isOneImage(frame, all));
  const processed = single.filter((frame) => !isForProcessing(frame));
  const frames = [...(processed.length > 0 ? processed : single)].sort(plainFirst);
  const first = series.find(({ series_uid }) => series_uid === frames[0]?.series_uid);
  if (!first) return undefined;
  const known = made.get(first)?.get(name);
  if (
    known &&
    known.frames.length === frames.length &&
    known.frames.every((f, at) => f === frames[at])
  )
    return known;
  const stack: Series = { ...first, frames };
  made.set(first, (made.get(first) ?? new Map<string, Series>()).set(name, stack));
  return stack;
}

const isOneOfMany = (series: readonly Series[], frame: Frame): boolean =>
  frame.frame_number > 1 ||
  series.some(({ frames }) =>
    frames.some(
      (other) => other.sop_instance_uid === frame.sop_instance_uid && other.frame_number === 2,
    ),
  );

const isOneImage = (frame: Frame, among: readonly Frame[]): boolean =>
  frame.sop_instance_uid === among[0]?.sop_instance_uid;

/** The four of a screening examination, as they hang: right breast left, as facing the patient. */
export const STANDARD_VIEWS: readonly string[] = ['CC', 'MLO'].flatMap((position) =>
  (['R', 'L'] as const).map((laterality) => viewName({ laterality, position })),
);

/** Whether there is at least one of the four. */
export const hasStandardView = (series: readonly Series[]): boolean =>
  series.some(({ frames }) => frames.some((frame) => STANDARD_VIEWS.includes(nameOfView(frame))));
