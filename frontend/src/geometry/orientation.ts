/** The letters that say which side of the patient a direction points to (PS3.3 C.7.6.1.1.1). */

const OPPOSITE: Readonly<Record<string, string>> = {
  L: 'R',
  R: 'L',
  P: 'A',
  A: 'P',
  H: 'F',
  F: 'H',
};

/** LPS direction cosines below this share of the vector get no letter of their own. */
const SMALLEST_SHARE = 0.25;

/** Letters of an LPS direction, the strongest first ("L", "AH"); empty for no direction. */
export function lettersOf(direction: readonly [number, number, number]): string {
  const names: [string, string][] = [
    ['L', 'R'],
    ['P', 'A'],
    ['H', 'F'],
  ];
  return direction
    .map((share, axis) => ({ share, pair: names[axis] as [string, string] }))
    .filter(({ share }) => Math.abs(share) > SMALLEST_SHARE)
    .sort((one, other) => Math.abs(other.share) - Math.abs(one.share))
    .map(({ share, pair }) => (share > 0 ? pair[0] : pair[1]))
    .join('');
}

export const oppositeLetters = (letters: string): string =>
  [...letters].map((letter) => OPPOSITE[letter] ?? '').join('');

/** Letters at the four edges of the screen. */
export interface EdgeLetters {
  readonly top: string;
  readonly right: string;
  readonly bottom: string;
  readonly left: string;
}

/**
 * Which letters stand at which edge once the image has been turned and flipped: `right` and
 * `down` are the letters an untouched image has there, `alongX` and `alongY` are where the
 * image's own x and y axes point on screen.
 */
export function edgeLetters(
  right: string,
  down: string,
  alongX: readonly [number, number],
  alongY: readonly [number, number],
): EdgeLetters {
  const isUpright = Math.abs(alongX[0]) >= Math.abs(alongX[1]);
  const [across, acrossLetters] = isUpright ? [alongX[0], right] : [alongY[0], down];
  const [upDown, upDownLetters] = isUpright ? [alongY[1], down] : [alongX[1], right];
  const toRight = across >= 0 ? acrossLetters : oppositeLetters(acrossLetters);
  const toBottom = upDown >= 0 ? upDownLetters : oppositeLetters(upDownLetters);
  return {
    right: toRight,
    left: oppositeLetters(toRight),
    bottom: toBottom,
    top: oppositeLetters(toBottom),
  };
}
