/** Colours for labels: told apart with colour-blindness, on black and on bone. */

/** Okabe and Ito's palette without its black. */
const OKABE_ITO = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7'];

const LIGHTNESS = 0.75;
const CHROMA = 0.12;
const GOLDEN_ANGLE = 137.508;

function toSrgb(linear: number): string {
  const bounded = Math.min(1, Math.max(0, linear));
  const coded = bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055;
  return Math.round(coded * 255)
    .toString(16)
    .padStart(2, '0');
}

/** An OKLCH colour as `#rrggbb`; hue in degrees. Matrices: B. Ottosson, "Oklab", 2020. */
export function oklch(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${channels.map(toSrgb).join('')}`;
}

/** The first palette colour that is free, then colours of equal lightness. */
export function nextColour(used: readonly string[]): string {
  const taken = new Set(used.map((colour) => colour.toLowerCase()));
  const free = OKABE_ITO.find((colour) => !taken.has(colour));
  if (free) return free;
  for (let step = 0; ; step += 1) {
    const colour = oklch(LIGHTNESS, CHROMA, step * GOLDEN_ANGLE);
    if (!taken.has(colour)) return colour;
  }
}
