/** What is asked of the case on screen: groups to show, what is lacking, and going there. */
import type { LabelSchema } from '../../api/projects';
import { t } from '../../words/t';
import {
  asked,
  isAnswered,
  type Lack,
  type Target,
  targetsOf,
  type Values,
  type Work,
  whyNot,
} from './attributes';
import { answerOf, type Items, marksOf, outcomeOf, segmentsOf } from './items';
import { asksOf, QUALITY } from './outcome';
import type { Asking } from './store';

/** The series and images of the study, as they are shown. */
export interface Shown {
  readonly series: readonly {
    readonly series_uid: string;
    readonly frames: readonly { readonly sop_instance_uid: string }[];
  }[];
}

/** One thing that is asked about now, with the attributes asked of it. */
export interface Group extends Target {
  readonly title: string;
  readonly attributes: ReturnType<typeof asked>;
  readonly values: Values;
}

/** What is on screen: the active series and image, and the selected mark. */
export interface Gaze {
  readonly seriesUid: string | null;
  readonly imageUid: string | null;
  readonly selectedId: string | null;
}

/** What a read says, as the rules see it. */
export function workOf(items: Items, { series }: Shown): Work {
  const values = new Map<string, Values>();
  for (const item of Object.values(items))
    if (item.kind === 'attributes') values.set(`${item.scope}/${item.target}`, item.values);
  const painted = segmentsOf(items)
    .filter(({ runs }) => runs.length > 0)
    .map(({ label_key }) => label_key);
  const quality = outcomeOf(items)?.quality;
  if (quality) values.set('study/', { ...values.get('study/'), [QUALITY.key]: quality });
  return {
    class_keys: answerOf(items)?.label_keys ?? [],
    series: series.map(({ series_uid }) => series_uid),
    images: [
      ...new Set(series.flatMap(({ frames }) => frames.map((frame) => frame.sop_instance_uid))),
    ],
    regions: [
      ...marksOf(items).map(({ id, label_key }) => ({ target: id, label_key })),
      ...[...new Set(painted)].map((key) => ({ target: key, label_key: key })),
    ],
    valuesOf: ({ scope, target }) => values.get(`${scope}/${target}`) ?? {},
  };
}

/** What a target is called in the panel. */
export function titleOf(
  { scope, target }: Target,
  items: Items,
  schema: LabelSchema,
  work: Work,
): string {
  if (scope === 'study') return t('This study');
  if (scope === 'series') return placed(SERIES, target, work.series);
  if (scope === 'image') return placed(IMAGE, target, work.images);
  const mark = marksOf(items).find(({ id }) => id === target);
  const key = mark?.label_key ?? target;
  const name = schema.labels.find((label) => label.key === key)?.name ?? key;
  const same = marksOf(items).filter(({ label_key }) => label_key === key);
  const number = mark && same.length > 1 ? ` ${same.indexOf(mark) + 1}` : '';
  return `${name}${number}`;
}

const SERIES = {
  alone: t('This series'),
  among: (at: number, count: number) => t('Series {at} of {count}', { at, count }),
};
const IMAGE = {
  alone: t('This image'),
  among: (at: number, count: number) => t('Image {at} of {count}', { at, count }),
};

const placed = (words: typeof SERIES, uid: string, uids: readonly string[]): string =>
  uids.length > 1 ? words.among(uids.indexOf(uid) + 1, uids.length) : words.alone;

/** Whether what is asked about is on screen. */
export const isSeen = ({ scope, target }: Target, gaze: Gaze, work: Work): boolean =>
  scope === 'study' ||
  (scope === 'series' && target === gaze.seriesUid) ||
  (scope === 'image' && target === gaze.imageUid) ||
  (scope === 'region' &&
    (target === gaze.selectedId ||
      work.regions.some((one) => one.target === target && one.label_key === target)));

/**
 * The groups of attributes that concern what is on screen, and what is being asked, which may be
 * on its way there; those without any attribute are left out.
 */
export function groupsOf(
  items: Items,
  schema: LabelSchema,
  work: Work,
  gaze: Gaze,
  asking: Asking | null = null,
): Group[] {
  const isShown = (at: Target) =>
    isSeen(at, gaze, work) || (at.scope === asking?.scope && at.target === asking.target);
  const targets = targetsOf(work).filter(isShown);
  return targets.flatMap(({ scope, target, labels }) => {
    const values = work.valuesOf({ scope, target });
    const attributes = asked(asksOf(schema), scope, labels, values);
    if (attributes.length === 0) return [];
    const title = titleOf({ scope, target }, items, schema, work);
    return [{ scope, target, title, attributes, values }];
  });
}

const isSame = (one: Asking, other: Asking | null): boolean =>
  one.scope === other?.scope && one.target === other.target && one.attribute === other.attribute;

/** The first of these after the one being asked, round and round. */
export function after(all: readonly Asking[], now: Asking | null): Asking | null {
  const at = all.findIndex((one) => isSame(one, now));
  return all[(at + 1) % Math.max(1, all.length)] ?? null;
}

/**
 * Where the reader should go next: what blocks submitting, wherever it is; when nothing does, what
 * is still unanswered on screen.
 */
export function nextAsking(
  lacks: readonly Lack[],
  groups: readonly Group[],
  now: Asking | null,
): Asking | null {
  return lacks.length > 0 ? after(lacks, now) : after(openOn(groups), now);
}

/** Questions on screen that have no answer yet, or one that cannot stand. */
export const openOn = (groups: readonly Group[]): Asking[] =>
  groups.flatMap(({ scope, target, attributes, values }) =>
    attributes
      .filter((one) => !isAnswered(values[one.key]) || whyNot(one, values[one.key]) !== null)
      .map(({ key }) => ({ scope, target, attribute: key })),
  );

/** The open question after this one in the same group; null when the group is done. */
export function nextInGroup(groups: readonly Group[], now: Asking): Asking | null {
  const group = groups.find(({ scope, target }) => scope === now.scope && target === now.target);
  const keys = group?.attributes.map(({ key }) => key) ?? [];
  const open = openOn(group ? [group] : []);
  return (
    open.find(({ attribute }) => keys.indexOf(attribute) > keys.indexOf(now.attribute)) ?? null
  );
}
