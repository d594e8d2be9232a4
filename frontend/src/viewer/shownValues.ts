/** Values as they are read: PET in SUV where that is known, anything else as it is. */
import type { Types } from '@cornerstonejs/core';
import type { ImagePoint } from '../geometry/units';
import type { Frame } from './frames';
import { valueAt } from './pixels';
import type { Statistics } from './statistics';

/** What SUV by body weight is called on screen; tissue weighs 1 g/ml by convention. */
const SUV = 'SUVbw';

type Measured = Pick<Frame, 'suvFactor' | 'valueUnit'>;

/** The unit values are read in, which for PET is not always the one they are stored in. */
export const shownUnit = ({ suvFactor, valueUnit }: Measured): string =>
  suvFactor === null ? valueUnit : SUV;

export const shownValues = ({ suvFactor }: Measured, values: readonly number[]): number[] =>
  values.map((value) => value * (suvFactor ?? 1));

export function shownStatistics(frame: Measured, found: Statistics | null): Statistics | null {
  const factor = frame.suvFactor ?? 1;
  if (!found || factor === 1) return found;
  const { count, mean, deviation, min, max } = found;
  return {
    count,
    mean: mean * factor,
    deviation: deviation * factor,
    min: min * factor,
    max: max * factor,
  };
}

/** What lies at a point of a frame, and in which unit it is read. */
export const valueOn = (frame: Frame, image: Types.IImage, point: ImagePoint) => ({
  values: shownValues(frame, valueAt(image, point)),
  unit: shownUnit(frame),
});
