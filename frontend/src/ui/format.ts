/** Numbers and times as people of the language in use read them; units always there. */
import { locale } from '../words/language';
import { t, told } from '../words/t';

const COUNT = new Intl.NumberFormat(locale);
const MINUS = '−';

/** More than anything that is measured here has, and fewer than noise of binary fractions. */
const MOST_FIGURES = 10;

const byDigits = new Map<number | undefined, Intl.NumberFormat>();

/**
 * A number with so many figures behind the point or comma, else with those it has, and a real
 * minus sign, which what is rounded to zero has not. Whatever can be negative is written by it.
 */
export function formatNumber(value: number, digits?: number): string {
  let format = byDigits.get(digits);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: digits ?? 0,
      maximumFractionDigits: digits ?? MOST_FIGURES,
      useGrouping: false,
      signDisplay: 'negative',
    });
    byDigits.set(digits, format);
  }
  return format.format(value).replace('-', MINUS);
}

export function formatCount(value: number): string {
  return COUNT.format(value);
}

/** "1 study", "12 studies". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A share of 0..1 as a percentage. */
export function formatShare(share: number | null | undefined, digits = 0): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–';
  return `${formatNumber(share * 100, digits)} %`;
}

/** A score of 0..1 with three figures behind the point. */
export function formatScore(score: number | null | undefined): string {
  if (score === null || score === undefined || !Number.isFinite(score)) return '–';
  return formatNumber(score, 3);
}

/** "0.71–0.84", or a dash when there is no interval. */
export function formatInterval(
  low: number | null | undefined,
  high: number | null | undefined,
): string {
  if (typeof low !== 'number' || typeof high !== 'number') return '–';
  return `${formatNumber(low, 2)}–${formatNumber(high, 2)}`;
}

/** The interval with its name, or that there is none. */
export function intervalNote(
  low: number | null | undefined,
  high: number | null | undefined,
): string {
  const interval = formatInterval(low, high);
  return interval === '–'
    ? t('too few cases for an interval')
    : t('95 % interval {interval}', { interval });
}

/** Milliseconds of work as "48 s", "3 min 20 s" or "2 h 05 min". */
export function formatDuration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return '–';
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

const THREE_FIGURES = new Intl.NumberFormat(locale, {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in decimal units, as disks and networks count. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '–';
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : THREE_FIGURES.format(value)} ${BYTE_UNITS[unit]}`;
}

const STEPS: readonly [
  limitSeconds: number,
  unitSeconds: number,
  unit: Intl.RelativeTimeFormatUnit,
][] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [30 * 86_400, 86_400, 'day'],
  [365 * 86_400, 30 * 86_400, 'month'],
  [Number.POSITIVE_INFINITY, 365 * 86_400, 'year'],
];

const RELATIVE = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

/** "3 minutes ago"; `now` and the result of `Date.parse` are milliseconds. */
export function formatRelative(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (!Number.isFinite(seconds)) return '–';
  if (Math.abs(seconds) < 10) return t('just now');
  const [, size, unit] = STEPS.find(([limit]) => Math.abs(seconds) < limit) ?? [0, 1, 'second'];
  return RELATIVE.format(Math.round(seconds / size), unit as Intl.RelativeTimeFormatUnit);
}

/** The exact local time, with seconds and zone. */
export function formatExact(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '–';
  return date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'long' });
}

/** The local day: 24 Dec 2026. */
export function formatDay(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? '–'
    : date.toLocaleDateString(locale, { dateStyle: 'medium' });
}

/** `study_deleted` as "study deleted": for codes of the server without a text of their own. */
export function spoken(word: string): string {
  return told(word.replaceAll(/[_.-]+/g, ' '));
}

/** The name of a file without its folders. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
