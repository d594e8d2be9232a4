/** What commands may ask of a viewport of slices. */
import { type Gaze, gazeOf, type Turn } from './camera';
import type { GreyWindow } from './frameFacts';
import type { Frame } from './frames';
import type { StackEngine, View } from './stackEngine';

export interface ViewportHandle {
  /** The slice asked for last, which may still be on its way; null where none was. */
  wanted(): number | null;
  show(index: number): void;
  /** Turns pages from the slice asked for last, which may still be on its way. */
  page(by: number): void;
  setWindow(window: GreyWindow | null): void;
  invert(): void;
  reset(): void;
  fit(): void;
  rotate(degrees: number): void;
  flip(axis: 'horizontal' | 'vertical'): void;
  zoom(factor: number): void;
  /** The place in the middle and the scale of a view of this stack. */
  gaze(view: View): Gaze | null;
  /** Looks there, turned and mirrored as it is, or so. */
  lookAt(gaze: Gaze, turn?: Turn): void;
  retry(): void;
}

export function gazeIn(
  stage: HTMLElement | null,
  frames: readonly Frame[],
  { affine, index }: View,
): Gaze | null {
  const frame = frames[index];
  if (!stage || !frame || !affine) return null;
  return gazeOf(affine, frame, { width: stage.clientWidth, height: stage.clientHeight });
}

export const handleOf = (
  engine: StackEngine | null,
  retry: () => void,
  gaze: (view: View) => Gaze | null,
): ViewportHandle => ({
  wanted: () => engine?.wanted() ?? null,
  show: (index) => void engine?.show(index),
  page: (by) => void engine?.page(by),
  setWindow: (window) => engine?.setWindow(window),
  invert: () => engine?.invert(),
  reset: () => engine?.reset(),
  fit: () => engine?.fit(),
  rotate: (degrees) => engine?.rotate(degrees),
  flip: (axis) => engine?.flip(axis),
  zoom: (factor) => engine?.zoom(factor),
  gaze,
  lookAt: (next, turn) => engine?.lookAt(next, turn),
  retry,
});
