/** Commands that tidy a segment or combine it with another, on one slice or through all of them. */
import type { LabelSchema } from '../../api/projects';
import type { Command } from '../../commands/registry';
import type { Tidying } from '../../geometry/stackEdit';
import { type Frame, isOneStack } from '../../viewer/frames';
import { t } from '../../words/t';
import { labelsOf } from './caseCommands';
import { type Compute, inWorker } from './computing';
import { segmentsOf } from './items';
import { sliceInHand } from './planes';
import { activeSegment, otherSegment } from './segmentInHand';
import { giveEditUp, isEditing, runEdit } from './stackEditing';
import { editOf, placeOf, segmentsFrom, type Work, whyNoDepth } from './stackEdits';
import { useReading } from './store';

interface Tidy {
  readonly id: Tidying;
  readonly title: string;
  readonly titleThrough: string;
  readonly needsOther?: boolean;
  /** It has something to do where the other segment is painted, not this one. */
  readonly beginsWithOther?: boolean;
  /** It goes from slice to slice, so it has to know how they lie. */
  readonly hasDepth?: boolean;
}

const TIDIES: readonly Tidy[] = [
  { id: 'grow', title: t('Grow'), titleThrough: t('Grow on all slices'), hasDepth: true },
  { id: 'shrink', title: t('Shrink'), titleThrough: t('Shrink on all slices'), hasDepth: true },
  { id: 'smooth', title: t('Smooth'), titleThrough: t('Smooth all slices'), hasDepth: true },
  { id: 'holes', title: t('Fill holes'), titleThrough: t('Fill holes on all slices') },
  {
    id: 'largest',
    title: t('Keep the largest part'),
    titleThrough: t('Keep the largest part through all slices'),
  },
  {
    id: 'minusOthers',
    title: t('Take other segments out'),
    titleThrough: t('Take other segments out on all slices'),
  },
  {
    id: 'union',
    title: t('Add the other segment'),
    titleThrough: t('Add the other segment on all slices'),
    needsOther: true,
    beginsWithOther: true,
  },
  {
    id: 'common',
    title: t('Keep what both have'),
    titleThrough: t('Keep what both have on all slices'),
    needsOther: true,
  },
];

const ids = TIDIES.map(({ id }) => `segment.${id}`);

/** On the slice in hand, and through all slices. */
export const TIDY_IDS = { slice: ids, stack: ids.map((id) => `${id}Through`) } as const;

export const GIVE_UP_ID = 'segment.giveUp';

export function tidyCommands(
  schema: LabelSchema,
  frames: readonly Frame[],
  compute: Compute = inWorker,
): Command[] {
  const isStack = isOneStack(frames);
  const isDeep = whyNoDepth(frames) === null;
  const places = new Set(frames.map(placeOf));
  const hasOther = labelsOf(schema, 'segment').length > 1;
  const inHand = () => frames.slice(sliceInHand(frames)).slice(0, 1);
  const isPainted = (key: string | undefined, isThere: (place: string) => boolean) =>
    segmentsOf(useReading.getState().items).some(
      (one) => one.label_key === key && one.runs.length > 0 && isThere(placeOf(one)),
    );
  const command = (tidy: Tidy, isThrough: boolean): Command => ({
    id: `segment.${tidy.id}${isThrough ? 'Through' : ''}`,
    title: isThrough ? tidy.titleThrough : tidy.title,
    section: t('Segments'),
    isEnabled: () => {
      if (useReading.getState().isReadOnly || isEditing()) return false;
      if (isThrough && !(tidy.hasDepth ? isDeep : isStack)) return false;
      const here = inHand().map(placeOf);
      const by = tidy.beginsWithOther ? otherSegment(schema) : activeSegment(schema);
      return isPainted(by?.key, (place) => (isThrough ? places.has(place) : here.includes(place)));
    },
    run: () => {
      const { paint, margin, smoothing } = useReading.getState();
      const key = activeSegment(schema)?.key;
      const chosen = isThrough ? frames : inHand();
      if (key === undefined || chosen.length === 0) return;
      const work: Work = {
        how: tidy.id,
        key,
        otherKey: otherSegment(schema)?.key ?? '',
        frames: chosen,
        protectsOthers: paint.protectsOthers,
        width: tidy.id === 'smooth' ? smoothing : margin,
      };
      return runEdit(
        {
          title: isThrough ? tidy.titleThrough : tidy.title,
          ask: (items) => editOf(items, work),
          make: (changes, items) => segmentsFrom(changes, items, work),
          keep: (made) => useReading.getState().paintSegments(made, tidy.id),
        },
        compute,
      );
    },
  });
  const offered = TIDIES.filter(({ needsOther }) => !needsOther || hasOther);
  return [
    ...[false, true].flatMap((isThrough) => offered.map((one) => command(one, isThrough))),
    {
      id: GIVE_UP_ID,
      title: t('Give up the edit under way'),
      section: t('Segments'),
      isEnabled: isEditing,
      run: giveEditUp,
    },
  ];
}
