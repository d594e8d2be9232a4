/** What is under the pointer and on screen: changes with every move, so it stands by itself. */
import { create } from 'zustand';
import type { View } from '../../viewer/stackEngine';
import type { Hover, ViewportHandle } from '../../viewer/Viewport';

interface Readout {
  readonly view: View | null;
  readonly hover: Hover | null;
  /** The viewport commands act on. */
  readonly viewport: ViewportHandle | null;
}

export const useReadout = create<Readout>()(() => ({ view: null, hover: null, viewport: null }));
