/** The viewports on screen, and how the others follow the one being used. */
import { breastGaze } from '../../viewer/breastHanging';
import type { Frame } from '../../viewer/frames';
import {
  linkedIndex,
  type Registration,
  register,
  sharesSpace,
  sharesWindows,
} from '../../viewer/linking';
import type { View } from '../../viewer/stackEngine';
import type { ViewportHandle } from '../../viewer/Viewport';
import type { LinkKind } from './layout';

export interface Port {
  readonly frames: readonly Frame[];
  readonly handle: ViewportHandle;
  readonly view: View | null;
}

type Links = Readonly<Record<LinkKind, boolean>>;

const frameOf = ({ frames, view }: Port): Frame | undefined => frames[view?.index ?? -1];

/** Viewports by their place in the grid. */
export function createPorts() {
  const ports = new Map<number, Port>();
  const registrations = new Map<string, Registration | null>();

  const registrationOf = (at: number, source: Port, to: number, target: Port) => {
    const key = `${at}-${to}`;
    const known = registrations.get(key);
    if (known !== undefined) return known;
    const [one, other] = [frameOf(source), frameOf(target)];
    if (!one || !other || !source.view || !target.view) return null;
    const made = register(
      { frame: one, index: source.view.index },
      { frame: other, index: target.view.index },
    );
    registrations.set(key, made);
    return made;
  };

  const scroll = (at: number, before: Port, now: Port, to: number, target: Port) => {
    const frame = frameOf(now);
    const registration = registrationOf(at, before, to, target);
    if (!registration || !frame || !now.view) return;
    const index = linkedIndex({ frame, index: now.view.index }, target.frames, registration);
    if (index !== target.view?.index) target.handle.show(index);
  };

  return {
    get: (at: number) => ports.get(at),
    all: (): Port[] => [...ports.values()],
    /** Another stack in a viewport has to be registered with the others anew. */
    put(at: number, frames: readonly Frame[], handle: ViewportHandle | null): void {
      const before = ports.get(at);
      const isSame = before?.frames === frames;
      if (!isSame) registrations.clear();
      if (handle) ports.set(at, { frames, handle, view: isSame ? before.view : null });
      else ports.delete(at);
    },
    /** Linked anew: the slices now on screen correspond. */
    forget: () => registrations.clear(),
    /** Notes what a viewport shows; when it is the one being used, the linked ones follow. */
    note(at: number, view: View, isActive: boolean, links: Links): void {
      const before = ports.get(at);
      if (!before) return;
      const now = { ...before, view };
      ports.set(at, now);
      if (!isActive || !before.view || view.index < 0) return;
      const frame = frameOf(now);
      for (const [to, target] of ports) {
        const other = frameOf(target);
        if (to === at || !frame || !other) continue;
        if (links.scroll && before.view.index !== view.index && before.view.index >= 0)
          scroll(at, before, now, to, target);
        const gaze =
          links.zoom && before.view.affine !== view.affine ? now.handle.gaze(view) : null;
        const there = gaze && (sharesSpace(frame, other) ? gaze : breastGaze(frame, gaze, other));
        // where one was hung, by fitting or by another size of the window, the others hang too
        if (there && view.isHung) target.handle.fit();
        else if (there) target.handle.lookAt(there);
        const isWindowNew = view.window && isOther(before.view.window, view.window);
        if (links.window && isWindowNew && sharesWindows(frame, other))
          target.handle.setWindow(view.window);
      }
    },
  };
}

const isOther = (one: View['window'], other: View['window']): boolean =>
  one?.center !== other?.center || one?.width !== other?.width;

export const ports = createPorts();
