/** Uptake of PET images relative to what was injected: SUV by body weight. */
import { type DicomObject, itemsOf, numberOf, textOf } from './dicomJson';

/** Two sources of one factor may differ by this share of it. */
const DIFFERENCE = 0.01;

/**
 * By what modality values have to be multiplied to be SUV by body weight in g/ml: as the image's
 * own mapping says, else worked out of weight, dose and times. Null where neither can be had, or
 * where the two contradict each other. What is uploaded has the mapping before de-identification
 * takes the rest (`backend/collimate/dicom/suv.py`, held to the same cases).
 */
export function suvFactorOf(image: DicomObject): number | null {
  if (textOf(image, '00080060') !== 'PT') return null;
  const [stated, derived] = [statedFactorOf(image), derivedFactorOf(image)];
  if (stated === null || derived === null) return stated ?? derived;
  return Math.abs(stated / derived - 1) > DIFFERENCE ? null : stated;
}

/** A real world value mapping (PS3.3 C.7.6.16.2.11) to SUV by body weight, not by another mass. */
const isSuv = (mapping: DicomObject): boolean => {
  const units = itemsOf(mapping, '004008EA');
  const [unit] = units;
  return (
    units.length === 1 &&
    unit !== undefined &&
    textOf(unit, '00080100') === '{SUVbw}g/ml' &&
    textOf(unit, '00080102') === 'UCUM'
  );
};

/** The factor of the one mapping to SUV by body weight, if it is a plain multiple of the values. */
function statedFactorOf(image: DicomObject): number | null {
  const mappings = itemsOf(image, '00409096').filter(isSuv);
  const [mapping] = mappings;
  if (!mapping || mappings.length !== 1 || mapping['00409212']) return null;
  const [slope, intercept] = [numberOf(mapping, '00409225'), numberOf(mapping, '00409224')];
  const [step, offset] = [numberOf(image, '00281053'), numberOf(image, '00281052')];
  if (slope === undefined || intercept === undefined || !step || offset === undefined) return null;
  // images of one series have slopes of their own: the last digits must not make factors differ
  const factor = Number((slope / step).toPrecision(12));
  const isMultiple = Math.abs(intercept - factor * offset) <= Math.abs(slope) / 1000;
  return isMultiple && factor > 0 && Number.isFinite(factor) ? factor : null;
}

/**
 * As the Quantitative Imaging Biomarkers Alliance describes it for vendors' files ("happy path
 * only"): values in Bq/ml, corrected for attenuation and decay, the dose decayed to the time the
 * images were corrected to. Images already in g/ml by body weight have 1.
 */
function derivedFactorOf(image: DicomObject): number | null {
  const units = textOf(image, '00541001');
  if (units === 'GML') return (textOf(image, '00541006') ?? 'BW') === 'BW' ? 1 : null;
  if (units !== 'BQML') return null;
  const corrections = (image['00280051']?.Value ?? []).map(String);
  if (!corrections.includes('ATTN') || !corrections.includes('DECY')) return null;
  const weight_kg = numberOf(image, '00101030');
  const dose_bq = doseOf(image);
  if (!weight_kg || !dose_bq) return null;
  const factor = (weight_kg * 1000) / dose_bq;
  return factor > 0 && Number.isFinite(factor) ? factor : null;
}

/** The dose that is left at the time the images are corrected to. */
function doseOf(image: DicomObject): number | null {
  const injections = itemsOf(image, '00540016');
  const injection = injections.length === 1 ? injections[0] : undefined;
  const dose_bq = injection && numberOf(injection, '00181074');
  if (!injection || !dose_bq || dose_bq <= 0) return null;
  const correctedTo = textOf(image, '00541102');
  if (correctedTo === 'ADMIN') return dose_bq;
  const half_s = numberOf(injection, '00181075');
  const [from, to] = [injectedAt(injection, image), startedAt(image)];
  if (correctedTo !== 'START' || !half_s || half_s <= 0 || from === null || to === null)
    return null;
  const decay_s = to - from;
  return decay_s < 0 || decay_s > MOST_S ? null : dose_bq * 2 ** (-decay_s / half_s);
}

/** Nobody waits a day between injection and scan: dates or times must be wrong. */
const MOST_S = 24 * 3600;

/**
 * The scan started when the series did, unless that is later than the acquisition: then the series
 * was made afterwards and its time says nothing.
 */
function startedAt(image: DicomObject): number | null {
  const series = secondsOf(textOf(image, '00080021'), textOf(image, '00080031'));
  const acquired = secondsOf(textOf(image, '00080022'), textOf(image, '00080032'));
  return series === null || acquired === null || series > acquired ? null : series;
}

/** With a date of its own, else on the day of the scan. */
function injectedAt(injection: DicomObject, image: DicomObject): number | null {
  const moment = textOf(injection, '00181078');
  if (moment) return secondsOf(moment.slice(0, 8), moment.slice(8).replace(/[+-].*$/, ''));
  return secondsOf(textOf(image, '00080021'), textOf(injection, '00181072'));
}

/** Seconds since some midnight; null unless both are there, the time to the minute at least. */
function secondsOf(date: string | undefined, time: string | undefined): number | null {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(date ?? '');
  const clock = /^(\d{2})(\d{2})(\d{2}(?:\.\d+)?)?/.exec(time ?? '');
  if (!day || !clock) return null;
  const midnight = Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3])) / 1000;
  return midnight + Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
}
