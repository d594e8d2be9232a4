/** Hanging protocols: which one fits a case, what it hangs where, and what a layout would be as one. */
import type { HangingProtocol, HangingStage, HungOverlay, HungSeries } from '../../api/hanging';
import { normalOf } from '../../geometry/plane';
import { stackOfView } from '../../viewer/breastViews';
import type { Series } from '../../viewer/frames';
import { windowChoices } from '../../viewer/greyWindows';
import { firstTimeOf } from '../../viewer/moments';
import { t } from '../../words/t';
import type { HungCell, HungGrid, Layout } from './layout';

/** What protocols are matched against. */
export interface CaseFacts {
  readonly modality: string | null;
  readonly bodyPart: string | null;
  readonly seriesCount: number;
  readonly hasEarlier: boolean;
}

const isAmong = (words: readonly string[] = [], word: string | null): boolean =>
  words.length === 0 || words.some((one) => one.toUpperCase() === word?.toUpperCase());

export const fits = (protocol: HangingProtocol, facts: CaseFacts): boolean =>
  isAmong(protocol.modalities, facts.modality) &&
  isAmong(protocol.body_parts, facts.bodyPart) &&
  facts.seriesCount >= (protocol.least_series ?? 1) &&
  (protocol.has_earlier ?? facts.hasEarlier) === facts.hasEarlier;

/** A body axis counts as the direction of a stack within this cosine (about 25 degrees). */
const ALONG = 0.9;

const SECTIONS = ['sagittal', 'coronal', 'axial'] as const;

/** Across which axis of the body a series is cut; null for images without a place, or oblique ones. */
export function sectionOf(series: Series): HungSeries['section'] {
  const frame = series.frames[0];
  if (!frame?.isPlaced) return null;
  const at = normalOf(frame.plane).findIndex((part) => Math.abs(part) >= ALONG);
  return SECTIONS[at] ?? null;
}

/** What a protocol says of a series. */
type Named = Pick<HungSeries, 'study' | 'modality' | 'section' | 'description' | 'number'>;

const hasAll = (
  series: Series,
  wanted: Pick<Named, 'modality' | 'section' | 'description'>,
): boolean =>
  (!wanted.modality || series.modality === wanted.modality) &&
  (!wanted.section || sectionOf(series) === wanted.section) &&
  (!wanted.description || series.description === wanted.description);

/**
 * The series a viewport asks for. What no series has is asked for less and less: first without the
 * description, then without the section. Undefined where the study has no series of that kind.
 */
export function seriesFor(wanted: Named, series: readonly Series[]): Series | undefined {
  const { modality, section, description } = wanted;
  const loosened = [{ modality, section, description }, { modality, section }, { modality }];
  for (const asked of loosened) {
    const found = series.filter((one) => hasAll(one, asked));
    if (found.length > 0) return found[wanted.number ?? 0];
  }
  return undefined;
}

const middle = (series: Series): number => Math.floor((firstTimeOf(series).frames.length - 1) / 2);

/** The series of the case itself, and of the study that is to hang beside it. */
interface Studies {
  readonly current: readonly Series[];
  readonly earlier: readonly Series[];
}

/** What each viewport of a stage shows. Stacks begin in the middle, single images at the first. */
export function cellsOf(stage: HangingStage, studies: Studies): HungCell[] {
  return stage.cells.map((wanted): HungCell => {
    const study = studies[wanted?.study ?? 'current'];
    const isEarlier = wanted?.study === 'earlier';
    if (wanted?.view) return viewCell(study, wanted.view, isEarlier);
    const series = wanted && seriesFor(wanted, study);
    const mark = isEarlier ? { isEarlier } : {};
    if (!series) return { seriesUid: null, index: 0, ...mark };
    const cell: HungCell = { seriesUid: series.series_uid, index: middle(series), ...mark };
    return wanted.window ? { ...cell, windowName: wanted.window } : cell;
  });
}

/** A viewport for one mammographic view; it says which one even where that was not taken. */
export const viewCell = (study: readonly Series[], view: string, isEarlier: boolean): HungCell => ({
  seriesUid: stackOfView(study, view)?.series_uid ?? null,
  index: 0,
  view,
  ...(isEarlier ? { isEarlier } : {}),
});

/**
 * Views of the case with the same views of an earlier study: a pair above its earlier pair, anything
 * else to the left of it. Null where no mammographic view hangs.
 */
export function besideEarlier(
  { rows, columns, cells }: HungGrid,
  current: readonly Series[],
  earlier: readonly Series[],
): HungGrid | null {
  const views = cells.slice(0, rows * columns).map(({ view }) => view);
  const known = views.filter((view) => view !== undefined);
  if (known.length === 0 || known.length !== views.length || views.length > 4) return null;
  const row = (study: readonly Series[], at: number) =>
    known
      .slice(at * columns, (at + 1) * columns)
      .map((view) => viewCell(study, view, study === earlier));
  if (rows === 1 && columns > 1)
    return { rows: 2, columns, cells: [...row(current, 0), ...row(earlier, 0)] };
  const together = Array.from({ length: rows }, (_, at) => [
    ...row(current, at),
    ...row(earlier, at),
  ]);
  return { rows, columns: 2 * columns, cells: together.flat() };
}

/** Whether a stage hangs mammographic views; an earlier study then hangs view beside view. */
export const hasViews = (stage: HangingStage): boolean => stage.cells.some((cell) => cell?.view);

export const needsEarlier = (stage: HangingStage): boolean =>
  stage.cells.some((cell) => cell?.study === 'earlier' || cell?.overlay?.study === 'earlier');

/** The name of the window a viewport shows, where it is one of those that are offered. */
function windowNameOf(series: Series, window: { center: number; width: number } | null) {
  const choices = series.frames[0] ? windowChoices(series.frames[0]) : [];
  const isSame = (one: { center: number; width: number } | null) =>
    one !== null &&
    window !== null &&
    Math.abs(one.center - window.center) < 1 &&
    Math.abs(one.width - window.width) < 1;
  return choices.find((choice) => isSame(choice.window))?.name ?? null;
}

/** A series by what it is, not by its identity; null where neither study has it. */
function named(seriesUid: string | null | undefined, studies: Studies) {
  for (const study of ['current', 'earlier'] as const) {
    const series = studies[study].find((one) => one.series_uid === seriesUid);
    if (!series) continue;
    const description = series.description || null;
    const asked = { modality: series.modality, section: sectionOf(series), description };
    const number = studies[study].filter((one) => hasAll(one, asked)).indexOf(series);
    return { series, name: { study, ...asked, number } };
  }
  return null;
}

/** How what is on screen looks. */
export interface LooksNow {
  readonly windowAt: (cellIndex: number) => { center: number; width: number } | null;
  readonly overlayLook: (over: Series) => Pick<HungOverlay, 'colours' | 'opacity' | 'ends'>;
}

/** The layout on screen as a stage. */
export function stageOf(layout: Layout, studies: Studies, looks: LooksNow): HangingStage {
  const { rows, columns, links } = layout;
  const cells = layout.cells.slice(0, rows * columns).map((cell, at): HungSeries | null => {
    const found = named(cell.seriesUid, studies);
    const study = found?.name.study ?? (cell.isEarlier ? 'earlier' : 'current');
    if (cell.view) return { study, view: cell.view, number: 0 };
    if (!found) return null;
    const window = windowNameOf(found.series, looks.windowAt(at));
    const over = cell.overlayUid ? named(cell.overlayUid, studies) : null;
    if (!over) return { ...found.name, window };
    const overlay = { ...over.name, ...looks.overlayLook(over.series) };
    return { ...found.name, window, overlay };
  });
  return { rows, columns, cells, links: { ...links } };
}

/** Cases like this one in words: what a new protocol is called. */
export const nameFor = ({ modality, bodyPart, hasEarlier }: CaseFacts): string =>
  [modality ?? t('Any // modality'), bodyPart, hasEarlier ? t('with an earlier study') : null]
    .filter(Boolean)
    .join(' ');

const isSameRule = (one: HangingProtocol, other: HangingProtocol): boolean =>
  String(one.modalities) === String(other.modalities) &&
  String(one.body_parts) === String(other.body_parts) &&
  (one.has_earlier ?? null) === (other.has_earlier ?? null);

/** The list with a protocol for cases like this one in front, in place of an earlier such one. */
export function withProtocol(
  list: readonly HangingProtocol[],
  facts: CaseFacts,
  stages: (before: readonly HangingStage[]) => HangingStage[],
): HangingProtocol[] {
  const made: HangingProtocol = {
    name: nameFor(facts),
    modalities: facts.modality ? [facts.modality] : [],
    body_parts: facts.bodyPart ? [facts.bodyPart] : [],
    least_series: 1,
    has_earlier: facts.hasEarlier,
    stages: [],
  };
  const before = list.find((one) => isSameRule(one, made));
  const kept = { ...made, ...before, stages: stages(before?.stages ?? []) };
  return [kept, ...list.filter((one) => one !== before)];
}
