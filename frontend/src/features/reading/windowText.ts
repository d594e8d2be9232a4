/** A window in two numbers. */
import type { GreyWindow } from '../../viewer/frameFacts';

export const windowText = ({ width, center }: GreyWindow): string => {
  const level = Math.round(center);
  return `W ${Math.round(width)} L ${level < 0 ? `−${-level}` : level}`;
};
