/** The times of a series that imaged every place more than once (or its b-values, echoes), told apart. */
import { dot, type ImagePlane, positionAlongNormal } from '../geometry/plane';
import { formatNumber } from '../ui/format';
import { type DicomObject, numberOf, numbersOf, textOf } from './dicomJson';

/** What is needed of a frame to tell when it was taken. */
export interface Placed {
  readonly plane: ImagePlane;
  readonly isPlaced: boolean;
  readonly attributes: DicomObject;
}

/** The frames of one time, in the order they came; `name` says how it differs from the others. */
export interface PhaseFrames<F extends Placed> {
  readonly name: string;
  readonly frames: readonly F[];
}

type Value = number | string;

/** Something by which frames of one place can differ; undefined where a file does not say. */
interface Sign {
  readonly of: (image: DicomObject) => Value | undefined;
  readonly named: (value: Value) => string;
}

const unnamed = () => '';

/** The first of several attributes that is there: multi-frame objects have names of their own. */
const first =
  (...tags: readonly string[]) =>
  (image: DicomObject): number | undefined =>
    tags.map((tag) => numberOf(image, tag)).find((value) => value !== undefined);

const inMilliseconds = (name: string) => (value: Value) =>
  `${name}${formatNumber(Number(value), 0)} ms`;

const TIME: Sign = { of: first('00209128', '00200100'), named: unnamed };
const TRIGGER: Sign = { of: first('00209153', '00181060'), named: inMilliseconds('') };
const B_VALUE: Sign = {
  of: first('00189087'),
  named: (value) => `b ${formatNumber(Number(value), 0)}`,
};
const ECHO: Sign = { of: first('00189082', '00180081'), named: inMilliseconds('TE ') };
const INVERSION: Sign = { of: first('00189079', '00180082'), named: inMilliseconds('TI ') };
/** What a scanner made of the signal: magnitude and phase, water and fat. */
const KIND: Sign = {
  of: (image) => (image['00089007'] ?? image['00080008'])?.Value?.slice(2).join(' '),
  named: String,
};
const ACQUISITION: Sign = { of: first('00200012'), named: unnamed };
/** Images without diffusion have no direction of it. */
const GRADIENT: Sign = {
  of: (image) => numbersOf(image, '00189089')?.join(' ') ?? '',
  named: unnamed,
};

/** Signs that all slices of one time have in common, the surest first. */
const SHARED = [TIME, TRIGGER, B_VALUE, ECHO, INVERSION, KIND, ACQUISITION];
const PAIRED = [...SHARED.slice(0, 3), GRADIENT, ...SHARED.slice(3)];

const PAIRS = PAIRED.flatMap((one, at) => PAIRED.slice(at + 1).map((other) => [one, other]));

/** Times of day in seconds (PS3.5 6.2, DT and TM); a series that passes midnight is not told apart. */
function secondsOf(image: DicomObject): number | undefined {
  const moment = textOf(image, '00189074') ?? textOf(image, '0008002A');
  const text = moment?.slice(8) ?? textOf(image, '00080032') ?? textOf(image, '00080033');
  const [, hours, minutes, seconds] = /^(\d\d)(\d\d)(\d\d(?:\.\d+)?)/.exec(text ?? '') ?? [];
  return seconds === undefined
    ? undefined
    : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const DIRECTION = 0.99;

const areParallel = (frames: readonly Placed[]): boolean =>
  frames.every(
    ({ isPlaced, plane }) =>
      isPlaced &&
      dot(plane.rowDirection, frames[0]?.plane.rowDirection ?? plane.rowDirection) > DIRECTION &&
      dot(plane.columnDirection, frames[0]?.plane.columnDirection ?? plane.columnDirection) >
        DIRECTION,
  );

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

/** Where along the stack a frame lies, to a hundredth of a millimetre. */
export const placeOf = ({ plane }: Placed): string => positionAlongNormal(plane).toFixed(2);

/**
 * The stacks that a series with several images at each place consists of, in order of time; null
 * where each place has one image, where places have unequally many, where there is but one place
 * (those are a series over time already), or where nothing in the files says surely which images
 * belong together.
 */
export function phasesOf<F extends Placed>(frames: readonly F[]): PhaseFrames<F>[] | null {
  if (frames.length < 4 || !areParallel(frames)) return null;
  const places = [...grouped(frames, placeOf).values()];
  const count = places[0]?.length ?? 0;
  if (places.length < 2 || count < 2 || places.some(({ length }) => length !== count)) return null;
  for (const signs of [...SHARED.map((sign) => [sign]), ...PAIRS]) {
    const found = bySigns(frames, count, signs);
    if (found) return found;
  }
  return byRank(places, TRIGGER.of) ?? byRank(places, secondsOf);
}

/** Those with the same values are one time; null unless that takes each place exactly once. */
function bySigns<F extends Placed>(
  frames: readonly F[],
  count: number,
  signs: readonly Sign[],
): PhaseFrames<F>[] | null {
  const valuesOf = ({ attributes }: F) => signs.map(({ of }) => of(attributes));
  if (frames.some((frame) => valuesOf(frame).includes(undefined))) return null;
  const groups = [...grouped(frames, (frame) => JSON.stringify(valuesOf(frame))).entries()];
  const isWhole = (group: readonly F[]) =>
    group.length === frames.length / count && new Set(group.map(placeOf)).size === group.length;
  if (groups.length !== count || !groups.every(([, group]) => isWhole(group))) return null;
  return groups
    .map(([key, group]) => ({ values: JSON.parse(key) as Value[], group }))
    .sort((one, other) => compare(one.values, other.values))
    .map(({ values, group }) => ({
      name: signs.flatMap(({ named }, at) => named(values[at] ?? '') || []).join(' · '),
      frames: group,
    }));
}

function compare(one: readonly Value[], other: readonly Value[]): number {
  for (const [at, value] of one.entries()) {
    const beside = other[at] ?? '';
    const by =
      typeof value === 'number' && typeof beside === 'number'
        ? value - beside
        : String(value).localeCompare(String(beside), 'en', { numeric: true });
    if (by !== 0) return by;
  }
  return 0;
}

/** Slices of one time were taken one after another: the n-th image of each place is the n-th time. */
function byRank<F extends Placed>(
  places: readonly (readonly F[])[],
  of: (image: DicomObject) => Value | undefined,
): PhaseFrames<F>[] | null {
  const when = ({ attributes }: F) => Number(of(attributes) ?? Number.NaN);
  const sorted = places.map((place) => [...place].sort((one, other) => when(one) - when(other)));
  const isTold = (place: readonly F[]) =>
    new Set(place.map(when)).size === place.length && place.every((one) => when(one) >= 0);
  if (!sorted.every(isTold)) return null;
  return (sorted[0] ?? []).map((_, at) => ({
    name: '',
    frames: sorted.flatMap((place) => place[at] ?? []),
  }));
}
