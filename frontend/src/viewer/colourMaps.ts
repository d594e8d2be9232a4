/** Colours for grey values: over another image, or in place of the grey of the image itself. */
import { t } from '../words/t';

export const COLOUR_MAPS = ['hot', 'rainbow', 'viridis', 'inverted', 'signed'] as const;

export type ColourMap = (typeof COLOUR_MAPS)[number];

type Rgb = readonly [red: number, green: number, blue: number];

interface MapFacts {
  readonly name: string;
  /** From the lowest value to the highest, evenly spaced; 0 to 255. */
  readonly stops: readonly Rgb[];
  /** Zero is in the middle and is left clear. */
  readonly isSigned: boolean;
}

export const MAPS: Readonly<Record<ColourMap, MapFacts>> = {
  // Hot iron is palette 1.2.840.10008.1.5.1 of the Standard (PS3.6 B.1.1).
  hot: {
    name: t('Hot iron'),
    stops: [
      [0, 0, 0],
      [128, 0, 0],
      [255, 0, 0],
      [255, 128, 0],
      [255, 255, 255],
    ],
    isSigned: false,
  },
  rainbow: {
    name: t('Rainbow // colours of PET'),
    stops: [
      [0, 0, 0],
      [64, 0, 128],
      [0, 0, 255],
      [0, 160, 200],
      [0, 200, 0],
      [220, 220, 0],
      [255, 128, 0],
      [255, 0, 0],
      [255, 255, 255],
    ],
    isSigned: false,
  },
  // Equal steps look equally large, and it is ordered in grey too: viridis (Smith, van der Walt; CC0).
  viridis: {
    name: t('Viridis'),
    stops: [
      [68, 1, 84],
      [71, 45, 123],
      [59, 82, 139],
      [44, 114, 142],
      [33, 145, 140],
      [40, 174, 128],
      [94, 201, 98],
      [173, 220, 48],
      [253, 231, 37],
    ],
    isSigned: false,
  },
  inverted: {
    name: t('Grey, inverted'),
    stops: [
      [255, 255, 255],
      [0, 0, 0],
    ],
    isSigned: false,
  },
  signed: {
    name: t('Blue to red'),
    stops: [
      [110, 190, 255],
      [33, 102, 220],
      [0, 0, 0],
      [214, 40, 40],
      [255, 170, 90],
    ],
    isSigned: true,
  },
};

/** The map after this one, round and round; null (plain grey) stands before the first. */
export function nextMap(now: ColourMap | null, withGrey: boolean): ColourMap | null {
  const round = withGrey ? [null, ...COLOUR_MAPS] : COLOUR_MAPS;
  return round[(round.indexOf(now as never) + 1) % round.length] ?? null;
}

/** Lowest and highest value that have a colour of their own. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** The ends as a map shows them: a signed one has zero in its middle. */
export function endsFor(map: ColourMap, { low, high }: Ends): Ends {
  if (!MAPS[map].isSigned) return { low, high };
  const most = Math.max(Math.abs(low), Math.abs(high));
  return { low: -most, high: most };
}

const LEVELS = 256;

/**
 * 256 colours with alpha (0 to 255) as they are laid over an image: below the lowest value nothing
 * is drawn, and a signed map fades towards zero.
 */
export function tableOf(map: ColourMap): Uint8ClampedArray {
  const { stops, isSigned } = MAPS[map];
  const table = new Uint8ClampedArray(LEVELS * 4);
  for (let level = 0; level < LEVELS; level += 1) {
    const share = level / (LEVELS - 1);
    const at = share * (stops.length - 1);
    const first = Math.min(stops.length - 2, Math.floor(at));
    for (let channel = 0; channel < 3; channel += 1) {
      const [from, to] = [stops[first]?.[channel] ?? 0, stops[first + 1]?.[channel] ?? 0];
      table[level * 4 + channel] = from + (at - first) * (to - from);
    }
    table[level * 4 + 3] = isSigned ? Math.min(255, Math.abs(2 * share - 1) * 510) : 255;
  }
  return table;
}

/** Colours values (NaN: nothing) into RGBA; stops after each thousand or so. */
export function* colour(
  values: Float32Array,
  map: ColourMap,
  ends: Ends,
  into: Uint8ClampedArray,
): Generator<void, void> {
  const { low, high } = endsFor(map, ends);
  const { isSigned } = MAPS[map];
  const table = new Uint32Array(tableOf(map).buffer);
  const pixels = new Uint32Array(into.buffer, into.byteOffset, values.length);
  const scale = (LEVELS - 1) / Math.max(high - low, Number.MIN_VALUE);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    const level = Math.min(LEVELS - 1, Math.max(0, Math.round((value - low) * scale)));
    pixels[at] = value > low || (isSigned && value <= low) ? (table[level] ?? 0) : 0;
    if ((at & 4095) === 4095) yield;
  }
}

/** The map from bottom to top as a CSS gradient. */
export function gradientOf(map: ColourMap): string {
  const stops = MAPS[map].stops.map((rgb) => `rgb(${rgb.join()})`).join(', ');
  return `linear-gradient(to top, ${stops})`; // not shown
}
