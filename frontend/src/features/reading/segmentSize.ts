/** How large a segment is: its area on one slice, its volume through a stack. */
import { areaOf } from '../../geometry/mask';
import { heightOver } from '../../geometry/sweep';
import type { Frame } from '../../viewer/frames';
import { areaText, measuringSpacing, volumeText } from '../../viewer/sizeText';
import { t } from '../../words/t';
import type { Segment } from './items';
import { placeOf, whyNoDepth } from './stackEdits';

type Painted = Pick<Segment, 'sop_instance_uid' | 'frame_number' | 'runs'>;

/** Of what was painted of one label, in words; `frames` are the series on screen. */
export function segmentSizeText(painted: readonly Painted[], frames: readonly Frame[]): string {
  const lying = painted.filter(({ runs }) => runs.length > 0);
  const [only] = lying;
  if (!only) return t('empty');
  if (lying.length === 1) return areaOn(only, frames);
  const slices = t('{count, plural, one {# slice} other {# slices}}', { count: lying.length });
  const volume = volumeOf(lying, frames);
  return volume === null ? slices : `${volumeText(volume)} · ${slices}`;
}

function areaOn(only: Painted, frames: readonly Frame[]): string {
  const frame = frames.find((one) => placeOf(one) === placeOf(only));
  return areaText(areaOf(only.runs), measuringSpacing(frame));
}

/**
 * In cubic millimetres: every slice stands for half of the way to those beside it, the first and
 * the last for as much on their far side. Null where that is not known of all that was painted.
 */
export function volumeOf(painted: readonly Painted[], frames: readonly Frame[]): number | null {
  const [first] = frames;
  const spacing = measuringSpacing(first);
  if (!first || !spacing || whyNoDepth(frames) !== null) return null;
  const heights = frames.map(({ plane }) => heightOver(first.plane, plane.origin));
  const at = new Map(frames.map((frame, index) => [placeOf(frame), index]));
  let volume = 0;
  for (const one of painted) {
    const index = at.get(placeOf(one));
    if (index === undefined) return null;
    volume += areaOf(one.runs) * spacing.column * spacing.row * thickness(heights, index);
  }
  return volume;
}

function thickness(heights: readonly number[], index: number): number {
  const gap = (one: number) => Math.abs((heights[one + 1] as number) - (heights[one] as number));
  const before = gap(Math.max(index - 1, 0));
  const after = gap(Math.min(index, heights.length - 2));
  return (before + after) / 2;
}
