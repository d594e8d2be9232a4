/**
 * How far one stack lies from another along their normal, from what they show.
 *
 * Pictures are compared by the correlation of how every cell changes from slice to slice, over all
 * cells and the slices both have (normalised cross-correlation, each cell less its own mean and
 * trend). Four quarters of the pictures are asked by themselves: how far they disagree is the error.
 */
import { type Layer, SIDE } from './stackContent';

export interface Shift {
  /** What lies at a position in the first stack lies at the position plus this in the second. */
  readonly offset_mm: number;
  /** How far the quarters are from it, as a root mean square, and no less than a quarter of a step. */
  readonly error_mm: number;
}

/** Steps along the longer of the stacks. */
const STEPS = 64;

/** Both have to show at least this share of the shorter one, and this many millimetres. */
const LEAST_SHARE = 0.5;
const LEAST_MM = 40;

/** Below this correlation the stacks have nothing in common that could be told. */
const LEAST_LIKENESS = 0.5;

/** Any place this far away has to be less alike by this much. */
const APART_MM = 25;
const LEAST_LEAD = 0.08;

/** Quarters that disagree by more than this say that nobody knows. */
const MOST_ERROR_MM = 8;

/** Cells by which the body may lie beside its place. */
const ASIDE = [-1, 0, 1] as const;

type Pictures = readonly Float32Array[];

interface Candidate {
  readonly lag: number;
  readonly likeness: number;
}

/** Null where it is not sure. Takes some milliseconds from yield to yield. */
export function* shiftBetween(
  source: readonly Layer[],
  target: readonly Layer[],
): Generator<void, Shift | null> {
  const length_mm = Math.max(lengthOf(source), lengthOf(target));
  const shorter_mm = Math.min(lengthOf(source), lengthOf(target));
  const step_mm = Math.max(1, length_mm / STEPS);
  const least = Math.ceil(Math.max(LEAST_MM, LEAST_SHARE * shorter_mm) / step_mm) + 1;
  const [one, other] = [evenly(source, step_mm), evenly(target, step_mm)];
  if (Math.min(one.length, other.length) < least) return null;

  let best: { cells: Cells; candidates: Candidate[]; at: Candidate } | null = null;
  for (const aside of ASIDE)
    for (const below of ASIDE) {
      const cells = cellsOf(one, other, aside, below);
      const candidates: Candidate[] = [];
      for (const lag of lagsOf(one, other, least)) {
        candidates.push({ lag, likeness: likenessAt(one, other, lag, cells) });
        yield;
      }
      const at = mostAlike(candidates);
      if (at && at.likeness > (best?.at.likeness ?? LEAST_LIKENESS))
        best = { cells, candidates, at };
    }
  if (!best) return null;
  const { cells, candidates, at } = best;
  const elsewhere = candidates.filter(({ lag }) => Math.abs(lag - at.lag) * step_mm > APART_MM);
  const second = mostAlike(elsewhere);
  if (second && at.likeness - second.likeness < LEAST_LEAD) return null;

  const lag = refined(candidates, at);
  const error_mm = (yield* disagreement(one, other, lag, { cells, least })) * step_mm;
  if (error_mm > MOST_ERROR_MM) return null;
  const [from, to] = [source[0]?.position_mm ?? 0, target[0]?.position_mm ?? 0];
  return {
    offset_mm: to - from + lag * step_mm,
    error_mm: Math.max(error_mm, step_mm / 4),
  };
}

const lengthOf = (layers: readonly Layer[]): number =>
  (layers[layers.length - 1]?.position_mm ?? 0) - (layers[0]?.position_mm ?? 0);

/** Pictures at even steps from the first layer on, between layers in proportion. */
function evenly(layers: readonly Layer[], step_mm: number): Pictures {
  const first = layers[0]?.position_mm ?? 0;
  const count = Math.floor(lengthOf(layers) / step_mm + 1e-6) + 1;
  let below = 0;
  return Array.from({ length: count }, (_, index) => {
    const position = first + index * step_mm;
    while (below < layers.length - 2 && (layers[below + 1]?.position_mm ?? 0) <= position)
      below += 1;
    const [low, high] = [layers[below], layers[below + 1] ?? layers[below]] as [Layer, Layer];
    const gap = high.position_mm - low.position_mm;
    const share = gap > 0 ? Math.min(1, (position - low.position_mm) / gap) : 0;
    return low.picture.map((value, at) => value * (1 - share) + (high.picture[at] ?? 0) * share);
  });
}

/** Cells that both stacks have throughout, each with the one it is compared with. */
type Cells = readonly (readonly [one: number, other: number])[];

function cellsOf(one: Pictures, other: Pictures, aside: number, below: number): Cells {
  const isWhole = (pictures: Pictures, at: number) =>
    pictures.every((picture) => Number.isFinite(picture[at]));
  const found: [number, number][] = [];
  for (let row = 0; row < SIDE; row += 1)
    for (let column = 0; column < SIDE; column += 1) {
      const [r, c] = [row + below, column + aside];
      if (r < 0 || c < 0 || r >= SIDE || c >= SIDE) continue;
      const [here, there] = [row * SIDE + column, r * SIDE + c];
      if (isWhole(one, here) && isWhole(other, there)) found.push([here, there]);
    }
  return found;
}

/** How many steps the second may lie from the first, where enough of both is compared. */
function lagsOf(one: Pictures, other: Pictures, least: number): number[] {
  const found: number[] = [];
  for (let lag = least - one.length; lag <= other.length - least; lag += 1) found.push(lag);
  return found;
}

/** Picture `index` of the first is compared with picture `index + lag` of the second. */
function likenessAt(one: Pictures, other: Pictures, lag: number, cells: Cells): number {
  const from = Math.max(0, -lag);
  const count = Math.min(one.length, other.length - lag) - from;
  const [a, b] = [new Float64Array(count), new Float64Array(count)];
  let [both, ofOne, ofOther] = [0, 0, 0];
  for (const [here, there] of cells) {
    for (let index = 0; index < count; index += 1) {
      a[index] = one[from + index]?.[here] ?? 0;
      b[index] = other[from + index + lag]?.[there] ?? 0;
    }
    level(a);
    level(b);
    for (let index = 0; index < count; index += 1) {
      const [x, y] = [a[index] ?? 0, b[index] ?? 0];
      both += x * y;
      ofOne += x * x;
      ofOther += y * y;
    }
  }
  const size = Math.sqrt(ofOne * ofOther);
  return size > 0 ? both / size : 0;
}

/** Takes mean and trend out of a row of values. */
function level(values: Float64Array): void {
  const middle = (values.length - 1) / 2;
  let [sum, tilted, squares] = [0, 0, 0];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    sum += value;
    tilted += value * (index - middle);
    squares += (index - middle) ** 2;
  }
  const mean = sum / values.length;
  const slope = squares > 0 ? tilted / squares : 0;
  for (let index = 0; index < values.length; index += 1)
    values[index] = (values[index] ?? 0) - mean - slope * (index - middle);
}

const mostAlike = (candidates: readonly Candidate[]): Candidate | null =>
  candidates.reduce<Candidate | null>(
    (best, one) => (best && best.likeness >= one.likeness ? best : one),
    null,
  );

/** Between steps: the top of a parabola through the best and its neighbours. */
function refined(candidates: readonly Candidate[], { lag, likeness }: Candidate): number {
  const likenessOf = (wanted: number) => candidates.find((one) => one.lag === wanted)?.likeness;
  const [before, after] = [likenessOf(lag - 1), likenessOf(lag + 1)];
  if (before === undefined || after === undefined) return lag;
  const bend = before - 2 * likeness + after;
  return bend < 0 ? lag + (before - after) / (2 * bend) : lag;
}

/** Root mean square of how far each quarter of the pictures alone is from the lag, in steps. */
function* disagreement(
  one: Pictures,
  other: Pictures,
  lag: number,
  { cells, least }: { readonly cells: Cells; readonly least: number },
): Generator<void, number> {
  const quarterOf = (at: number) =>
    (Math.floor(at / SIDE) < SIDE / 2 ? 0 : 2) + (at % SIDE < SIDE / 2 ? 0 : 1);
  let squares = 0;
  for (let quarter = 0; quarter < 4; quarter += 1) {
    const some = cells.filter(([here]) => quarterOf(here) === quarter);
    const candidates: Candidate[] = [];
    for (const wanted of lagsOf(one, other, least)) {
      candidates.push({ lag: wanted, likeness: likenessAt(one, other, wanted, some) });
      yield;
    }
    const at = mostAlike(candidates);
    squares += at ? (refined(candidates, at) - lag) ** 2 : Number.POSITIVE_INFINITY;
  }
  return Math.sqrt(squares / 4);
}
