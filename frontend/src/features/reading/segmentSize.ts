/** How large a segment is: its area on one slice, its volume through a stack. */
import { areaOf } from '../../geometry/mask';
import { heightOver } from '../../geometry/sweep';
import { formatNumber } from '../../ui/format';
import type { Frame } from '../../viewer/frames';
import { t } from '../../words/t';
import type { Segment } from './items';
import { pitchOf } from './segmentEdits';
import { placeOf, whyNoDepth } from './stackEdits';

type Painted = Pick<Segment, 'sop_instance_uid' | 'frame_number' | 'runs'>;

/** Of what was painted of one label, in words; `frames` are the series on screen. */
export function segmentSizeText(painted: readonly Painted[], frames: readonly Frame[]): string {
  const lying = painted.filter(({ runs }) => runs.length > 0);
  const [only] = lying;
  if (!only) return t('empty');
  if (lying.length === 1) return areaText(only, frames);
  const slices = t('{count, plural, one {# slice} other {# slices}}', { count: lying.length });
  const volume = volumeOf(lying, frames);
  return volume === null ? slices : `${volumeText(volume)} · ${slices}`;
}

function areaText(only: Painted, frames: readonly Frame[]): string {
  const frame = frames.find((one) => placeOf(one) === placeOf(only));
  const pixels = areaOf(only.runs);
  if (frame?.spacingKind !== 'patient') return `${pixels} px`;
  const { column, row } = pitchOf(frame);
  const area = pixels * column * row;
  return area >= 100 ? `${formatNumber(area / 100, 1)} cm²` : `${formatNumber(area, 1)} mm²`;
}

const volumeText = (volume: number): string =>
  volume >= 1000 ? `${formatNumber(volume / 1000, 1)} cm³` : `${formatNumber(volume, 0)} mm³`;

/**
 * In cubic millimetres: every slice stands for half of the way to those beside it, the first and
 * the last for as much on their far side. Null where that is not known of all that was painted.
 */
export function volumeOf(painted: readonly Painted[], frames: readonly Frame[]): number | null {
  const [first] = frames;
  if (!first || whyNoDepth(frames) !== null) return null;
  const { column, row } = pitchOf(first);
  const heights = frames.map(({ plane }) => heightOver(first.plane, plane.origin));
  const at = new Map(frames.map((frame, index) => [placeOf(frame), index]));
  let volume = 0;
  for (const one of painted) {
    const index = at.get(placeOf(one));
    if (index === undefined) return null;
    volume += areaOf(one.runs) * column * row * thickness(heights, index);
  }
  return volume;
}

function thickness(heights: readonly number[], index: number): number {
  const gap = (one: number) => Math.abs((heights[one + 1] as number) - (heights[one] as number));
  const before = gap(Math.max(index - 1, 0));
  const after = gap(Math.min(index, heights.length - 2));
  return (before + after) / 2;
}
