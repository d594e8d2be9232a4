/** Earlier studies of the patient: how long ago, and which of their series goes with one on screen. */
import type { EarlierStudy } from '../../api/reading';
import { dot, normalOf } from '../../geometry/plane';
import type { Frame, Series } from '../../viewer/frames';
import { linkedIndex, register } from '../../viewer/linking';
import { firstTimeOf } from '../../viewer/moments';
import { t } from '../../words/t';

/** How long before the case a study was made, in the unit a reader would use. */
export function agoText({ days_before: days }: Pick<EarlierStudy, 'days_before'>): string {
  if (days === null) return t('another date');
  if (days === 0) return t('same day');
  if (days < 14) return t('{count, plural, one {# day} other {# days}} earlier', { count: days });
  if (days < 60)
    return t('{count, plural, one {# week} other {# weeks}} earlier', {
      count: Math.round(days / 7),
    });
  if (days < 730)
    return t('{count, plural, one {# month} other {# months}} earlier', {
      count: Math.round(days / 30.44),
    });
  return t('{count, plural, one {# year} other {# years}} earlier', {
    count: Math.round(days / 365.25),
  });
}

export const isOfStudy = (series: Series | undefined, studyUid: string): boolean =>
  series?.frames[0]?.study_uid === studyUid;

/** Normals within this cosine of each other are the same plane of section (about 25 degrees). */
const SAME_SECTION = 0.9;

/** How well a series of an earlier study goes with one of the case; more is better. */
function likeness(one: Series, other: Series): number {
  const [frame, otherFrame] = [one.frames[0], other.frames[0]];
  if (!frame || !otherFrame) return Number.NEGATIVE_INFINITY;
  const isSameSection =
    frame.isPlaced &&
    otherFrame.isPlaced &&
    Math.abs(dot(normalOf(frame.plane), normalOf(otherFrame.plane))) >= SAME_SECTION;
  const [few, many] = [one.frames.length, other.frames.length].sort((a, b) => a - b);
  return (
    (one.modality === other.modality ? 8 : 0) +
    (isSameSection ? 4 : 0) +
    (one.description !== '' && one.description === other.description ? 2 : 0) +
    (few ?? 0) / (many ?? 1)
  );
}

/** The series of an earlier study that is hung beside one of the case. */
export function counterpartOf(current: Series, candidates: readonly Series[]): Series | undefined {
  const [best] = [...candidates].sort((a, b) => likeness(current, b) - likeness(current, a));
  return best && firstTimeOf(best);
}

/**
 * The frame of an earlier series to begin with: the same place within one frame of reference, else
 * as far through the stack. The reader moves it, and linked scrolling goes on from there.
 */
export function firstIndexIn(
  earlier: readonly Frame[],
  current: readonly Frame[],
  index: number,
): number {
  const [frame, other] = [current[index], earlier[0]];
  if (!frame || !other) return 0;
  const isOneSpace =
    frame.frame_of_reference_uid !== '' &&
    frame.frame_of_reference_uid === other.frame_of_reference_uid;
  const registration = isOneSpace ? register({ frame, index }, { frame: other, index: 0 }) : null;
  if (registration?.by === 'place') return linkedIndex({ frame, index }, earlier, registration);
  const share = current.length < 2 ? 0 : index / (current.length - 1);
  return Math.round(share * (earlier.length - 1));
}
