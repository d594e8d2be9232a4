/** Commands that tidy a segment or combine it with another, on one slice or through all of them. */
import type { LabelSchema } from '../../api/projects';
import type { Command } from '../../commands/registry';
import { type Frame, isOneStack } from '../../viewer/frames';
import { t } from '../../words/t';
import { labelsOf } from './caseCommands';
import { type Items, type Segment, segmentsOf } from './items';
import { sliceInHand } from './planes';
import { combinedWith, EDITS, edited, largestThrough, withoutOthers } from './segmentEdits';
import { activeSegment, otherSegment } from './segmentInHand';
import { useReading } from './store';

/** What an edit works on: the segment, the one beside it, and the frames it may change. */
interface Work {
  readonly items: Items;
  readonly key: string;
  readonly otherKey: string;
  readonly frames: readonly Frame[];
  readonly protectsOthers: boolean;
}

interface Tidy {
  readonly id: string;
  readonly title: string;
  readonly titleThrough: string;
  readonly needsOther?: boolean;
  /** It has something to do where the other segment is painted, not this one. */
  readonly beginsWithOther?: boolean;
  readonly make: (work: Work) => Segment[];
  /** Where going through the slices is more than doing it on each. */
  readonly makeThrough?: (work: Work) => Segment[];
}

const placeOf = ({
  sop_instance_uid,
  frame_number,
}: Pick<Frame, 'sop_instance_uid' | 'frame_number'>): string =>
  `${sop_instance_uid}/${frame_number}`;

/** Frame by frame, where one of the two is painted. */
const byFrame =
  (make: (work: Work, frame: Frame) => Segment[]) =>
  (work: Work): Segment[] => {
    const painted = new Set(
      segmentsOf(work.items)
        .filter(
          ({ label_key, runs }) => [work.key, work.otherKey].includes(label_key) && runs.length,
        )
        .map(placeOf),
    );
    return work.frames
      .filter((frame) => painted.has(placeOf(frame)))
      .flatMap((frame) => make(work, frame));
  };

const byEdit = (id: keyof typeof EDITS) =>
  byFrame(({ items, key, protectsOthers }, frame) =>
    edited(items, key, frame, EDITS[id], { protectsOthers }),
  );

const combining = (how: 'or' | 'and') =>
  byFrame(({ items, key, otherKey, protectsOthers }, frame) =>
    combinedWith(items, [key, otherKey], frame, how, protectsOthers),
  );

const TIDIES: readonly Tidy[] = [
  {
    id: 'grow',
    title: t('Grow by 1 mm'),
    titleThrough: t('Grow by 1 mm on all slices'),
    make: byEdit('grow'),
  },
  {
    id: 'shrink',
    title: t('Shrink by 1 mm'),
    titleThrough: t('Shrink by 1 mm on all slices'),
    make: byEdit('shrink'),
  },
  {
    id: 'smooth',
    title: t('Smooth'),
    titleThrough: t('Smooth all slices'),
    make: byEdit('smooth'),
  },
  {
    id: 'holes',
    title: t('Fill holes'),
    titleThrough: t('Fill holes on all slices'),
    make: byEdit('holes'),
  },
  {
    id: 'largest',
    title: t('Keep the largest part'),
    titleThrough: t('Keep the largest part through all slices'),
    make: byEdit('largest'),
    makeThrough: ({ items, key, frames }) => largestThrough(items, key, frames),
  },
  {
    id: 'minusOthers',
    title: t('Take other segments out'),
    titleThrough: t('Take other segments out on all slices'),
    make: byFrame(({ items, key }, frame) => withoutOthers(items, key, frame)),
  },
  {
    id: 'union',
    title: t('Add the other segment'),
    titleThrough: t('Add the other segment on all slices'),
    needsOther: true,
    beginsWithOther: true,
    make: combining('or'),
  },
  {
    id: 'common',
    title: t('Keep what both have'),
    titleThrough: t('Keep what both have on all slices'),
    needsOther: true,
    make: combining('and'),
  },
];

const ids = TIDIES.map(({ id }) => `segment.${id}`);

/** On the slice in hand, and through all slices. */
export const TIDY_IDS = { slice: ids, stack: ids.map((id) => `${id}Through`) } as const;

export function tidyCommands(schema: LabelSchema, frames: readonly Frame[]): Command[] {
  const isStack = isOneStack(frames);
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
      if (useReading.getState().isReadOnly || (isThrough && !isStack)) return false;
      const here = inHand().map(placeOf);
      const by = tidy.beginsWithOther ? otherSegment(schema) : activeSegment(schema);
      return isPainted(by?.key, (place) => (isThrough ? places.has(place) : here.includes(place)));
    },
    run: () => {
      const { items, paint, paintSegments } = useReading.getState();
      const key = activeSegment(schema)?.key;
      if (key === undefined) return;
      const make = (isThrough && tidy.makeThrough) || tidy.make;
      const work: Work = {
        items,
        key,
        otherKey: otherSegment(schema)?.key ?? '',
        frames: isThrough ? frames : inHand(),
        protectsOthers: paint.protectsOthers,
      };
      paintSegments(make(work), tidy.id);
    },
  });
  const offered = TIDIES.filter(({ needsOther }) => !needsOther || hasOther);
  return [false, true].flatMap((isThrough) => offered.map((one) => command(one, isThrough)));
}
