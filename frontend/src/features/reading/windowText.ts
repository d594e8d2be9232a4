/** A window in two numbers. */
import { formatNumber } from '../../ui/format';
import type { GreyWindow } from '../../viewer/frameFacts';

export const windowText = ({ width, center }: GreyWindow): string =>
  `W ${Math.round(width)} L ${formatNumber(Math.round(center), 0)}`;
