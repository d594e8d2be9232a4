/** What a drag with a button of the mouse does to the image, from one place of the hand to the next. */
import { type CanvasPoint, canvasPoint } from '../geometry/units';
import type { MouseAction } from '../ui/mouseMap';
import type { Motion } from './touch';

export const NAVIGATION_TOOLS = ['window', 'pan', 'zoom', 'scroll'] as const;

export type NavigationTool = (typeof NAVIGATION_TOOLS)[number];

/** The tool of an action; a brush in hand takes the presses that erase before they come here. */
export function toolOf(action: MouseAction, inHand: NavigationTool | null): NavigationTool | null {
  if (action === 'tool') return inHand;
  if (action === 'zoom-or-erase') return 'zoom';
  return NAVIGATION_TOOLS.find((tool) => tool === action) ?? null;
}

/** A drag over the whole height zooms by e to this. */
const ZOOM_PER_HEIGHT = 5;

interface Drag {
  readonly start: CanvasPoint;
  readonly from: CanvasPoint;
  readonly to: CanvasPoint;
  /** Height of the viewport in CSS pixels. */
  readonly height: number;
}

/** Down is closer, and what was pressed on stays where it is. */
export function dragMotion(tool: NavigationTool, { start, from, to, height }: Drag): Motion {
  const by = canvasPoint(to[0] - from[0], to[1] - from[1]);
  switch (tool) {
    case 'pan':
      return { type: 'pan', by };
    case 'window':
      return { type: 'window', by };
    case 'scroll':
      return { type: 'scroll', by: by[1] };
    case 'zoom':
      return {
        type: 'zoom',
        factor: Math.exp((by[1] * ZOOM_PER_HEIGHT) / Math.max(1, height)),
        around: start,
      };
  }
}

/** CSS pixels of a drag that turn a page: the whole stack within the height of the viewport. */
export const pixelsPerPage = (height: number, count: number): number =>
  Math.max(2, height / Math.max(count, 8));
