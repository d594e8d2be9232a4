/** Windows offered to the reader: the protocol's own first, then customary ones per modality. */

import { t } from '../words/t';
import type { GreyWindow, NamedWindow } from './frameFacts';
import type { Frame } from './frames';

/** Customary CT windows in Hounsfield units. */
const CT_WINDOWS: readonly NamedWindow[] = Object.entries({
  'Soft tissue': { center: 40, width: 400 },
  Lung: { center: -600, width: 1500 },
  Bone: { center: 480, width: 2500 },
  Brain: { center: 40, width: 80 },
  Mediastinum: { center: 50, width: 350 },
  Liver: { center: 60, width: 160 },
}).map(([name, window]) => ({ name, ...window }));

/** Names of windows are kept in hanging protocols, so they are English in every language. */
const WINDOW_TITLES: Readonly<Record<string, string>> = {
  'Soft tissue': t('Soft tissue'),
  Lung: t('Lung'),
  Bone: t('Bone'),
  Brain: t('Brain'),
  Mediastinum: t('Mediastinum'),
  Liver: t('Liver'),
  Auto: t('Auto // window from the pixels'),
  Protocol: t('Protocol // window of the file'),
};

/** What a window is called on screen; a name of the file's own stays as it is. */
export const windowTitle = (name: string): string => WINDOW_TITLES[name] ?? name;

const AUTO = 'Auto'; // as stored

/** Windows of the file that are offered; some files carry dozens. */
const MOST_OWN = 4;

/** A window of the reader's own, for images of one modality whose values have this unit. */
export interface OwnWindow extends NamedWindow {
  readonly modality: string;
  readonly unit: string;
  /** Its key is Alt and this digit. */
  readonly digit?: number | null;
}

/** A choice in the window menu; `null` means "from the pixels on screen". */
export interface WindowChoice {
  readonly name: string;
  /** One of the reader's own; others may have the same name. */
  readonly isOwn?: boolean;
  readonly window: GreyWindow | null;
  /** The same window has the same key in every case. */
  readonly shortcut?: string;
}

/** Whether a window of the reader's own is meant for images like this one. */
export const isMeantFor = (own: OwnWindow, { modality, valueUnit }: Frame): boolean =>
  own.modality === modality && own.unit === valueUnit;

/**
 * The protocol's window first, whatever it is; then the reader's own and customary ones; Auto reads
 * the pixels. A digit that the reader gave to a window of his own is no longer another's.
 */
export function windowChoices(frame: Frame, own: readonly OwnWindow[] = []): WindowChoice[] {
  if (frame.isColour) return [];
  const mine = own
    .filter((one) => isMeantFor(one, frame))
    .map(
      ({ name, center, width, digit }): WindowChoice => ({
        name,
        window: { center, width },
        isOwn: true,
        ...(digit ? { shortcut: `alt+${digit}` } : {}),
      }),
    );
  const taken = mine.map(({ shortcut }) => shortcut);
  const [first, ...rest] = givenWindows(frame).map(({ shortcut, ...choice }) =>
    shortcut && !taken.includes(shortcut) ? { ...choice, shortcut } : choice,
  );
  return first ? [first, ...mine, ...rest] : mine;
}

/** Windows that are there for everybody. */
function givenWindows(frame: Frame): WindowChoice[] {
  const plain = ({ name, center, width }: NamedWindow) => ({ name, window: { center, width } });
  const [first, ...more] = frame.windows.slice(0, MOST_OWN).map(plain);
  const auto: WindowChoice = { name: AUTO, window: null, shortcut: 'alt+2' };
  const customary = frame.modality === 'CT' && frame.valueUnit === 'HU' ? CT_WINDOWS : [];
  const keyed = customary.map((one, index) => ({ ...plain(one), shortcut: `alt+${index + 3}` }));
  const protocol = first ? [{ ...first, shortcut: 'alt+1' }] : [];
  return [...protocol, auto, ...keyed, ...more];
}

/** Values looked at for a percentile; more change nothing a reader could see. */
const MOST_SAMPLES = 40_000;

/** Values closer together than this are fractions, where one unit more or less is seen. */
const FEW_UNITS = 16;

/**
 * A window from the values themselves: the darkest 0.5 % turn black, the brightest 0.5 % white.
 * The window is in modality units, to which the values are scaled; an image of one value is black.
 */
export function windowFromValues(
  values: ArrayLike<number>,
  { slope, intercept } = { slope: 1, intercept: 0 },
): GreyWindow {
  const stride = Math.max(1, Math.floor(values.length / MOST_SAMPLES));
  const sampled: number[] = [];
  for (let index = 0; index < values.length; index += stride) {
    const value = (values[index] ?? Number.NaN) * slope + intercept;
    if (Number.isFinite(value)) sampled.push(value);
  }
  // numbers by their size, without asking a function about each pair
  const sample = Float64Array.from(sampled).sort();
  const at = (share: number) => sample[Math.round(share * (sample.length - 1))] ?? 0;
  const [low, high] = [at(0.005), at(0.995)];
  if (high > low && high - low < FEW_UNITS) return rangeToWindow({ lower: low, upper: high });
  if (high === low) return { center: low + 1, width: 1 };
  return { center: (low + high) / 2, width: high - low };
}

/** Black and white are never the same value, which no graphics can draw. */
const LEAST_HALF = 5e-4;

/** Limits of the linear VOI function of PS3.3 C.11.2.1.2.1; a window of 1 is a threshold. */
export function windowToRange({ center, width }: GreyWindow) {
  const half = Math.max((width - 1) / 2, LEAST_HALF);
  return { lower: center - 0.5 - half, upper: center - 0.5 + half };
}

export const rangeToWindow = (range: { lower: number; upper: number }): GreyWindow => ({
  width: Math.abs(range.upper - range.lower) + 1,
  center: (range.upper + range.lower + 1) / 2,
});
