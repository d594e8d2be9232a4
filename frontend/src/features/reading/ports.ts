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
import { placeOf } from '../../viewer/phases';
import type { View } from '../../viewer/stackEngine';
import type { ViewportHandle } from '../../viewer/Viewport';
import { knownOffset } from './alignment';
import type { Links } from './layout';
import { isLeading } from './secondLink';

export interface Port {
  readonly frames: readonly Frame[];
  readonly handle: ViewportHandle;
  readonly view: View | null;
}

const frameOf = ({ frames, view }: Port): Frame | undefined => frames[view?.index ?? -1];

/** The place of the viewport that is used in the other window. */
const ELSEWHERE = -1;

const NOTHING = () => undefined;

const LOOKED_AT_ELSEWHERE: ViewportHandle = {
  wanted: () => null,
  show: NOTHING,
  page: NOTHING,
  setWindow: NOTHING,
  invert: NOTHING,
  reset: NOTHING,
  fit: NOTHING,
  rotate: NOTHING,
  flip: NOTHING,
  zoom: NOTHING,
  gaze: () => null,
  lookAt: NOTHING,
  retry: NOTHING,
};

/** Hears what the active viewport comes to show; `isLed` when it was led there from elsewhere. */
type Hears = (frames: readonly Frame[], view: View, isLed: boolean) => void;

/**
 * Viewports by their place in the grid. `leads` says whether this window is the one in use;
 * `offsetOf` how far stacks lie apart that share no frame of reference, where that is known.
 */
export function createPorts(
  leads: () => boolean = () => true,
  offsetOf: (one: readonly Frame[], other: readonly Frame[]) => number | null = () => null,
) {
  const ports = new Map<number, Port>();
  let tell: Hears = NOTHING;
  const registrations = new Map<string, Registration | null>();

  const registrationOf = (at: number, source: Port, to: number, target: Port) => {
    const key = `${at}:${to}`;
    const known = registrations.get(key);
    if (known !== undefined) return known;
    const [one, other] = [frameOf(source), frameOf(target)];
    if (!one || !other || !source.view || !target.view) return null;
    const offset_mm = offsetOf(source.frames, target.frames);
    const made: Registration | null =
      offset_mm === null
        ? register(
            { frame: one, index: source.view.index },
            { frame: other, index: target.view.index },
          )
        : { by: 'place', offset_mm };
    registrations.set(key, made);
    return made;
  };

  const scroll = (at: number, before: Port, now: Port, to: number, target: Port) => {
    const frame = frameOf(now);
    const registration = registrationOf(at, before, to, target);
    if (!registration || !frame || !now.view) return;
    const index = linkedIndex({ frame, index: now.view.index }, target.frames, registration);
    // Of several images at one place, those on screen stay there.
    const isThere = isSamePlace(frameOf(target), target.frames[index]);
    if (index !== target.view?.index && !isThere) target.handle.show(index);
  };

  const forgetAt = (at: number) => {
    for (const key of registrations.keys())
      if (key.split(':').includes(String(at))) registrations.delete(key);
  };

  /** A stack that comes on screen in a window that is led begins with the window it is led by. */
  const begin = (now: Port, links: Links) => {
    const [leader, frame] = [ports.get(ELSEWHERE), frameOf(now)];
    const other = leader && frameOf(leader);
    if (!links.window || !leader?.view?.window || !frame || !other || leads()) return;
    if (sharesWindows(other, frame)) now.handle.setWindow(leader.view.window);
  };

  const made = {
    get: (at: number) => ports.get(at),
    all: (): Port[] => [...ports.values()],
    /**
     * The slice a viewport shows or is on its way to, null where none is known. From now on it
     * counts as shown: what is hung beside it is linked as it hangs.
     */
    arriveAt(at: number): number | null {
      const port = ports.get(at);
      const index = port?.handle.wanted() ?? null;
      if (port?.view && index !== null) ports.set(at, { ...port, view: { ...port.view, index } });
      return index;
    },
    /** Calls back with what the active viewport comes to show; answers what ends that. */
    onUsed(hears: Hears): () => void {
      tell = hears;
      return () => {
        tell = NOTHING;
      };
    },
    /**
     * Notes what is looked at in the other window and, unless that was led there, follows it as if
     * it were a viewport of this one. Its first slice is shown where it lies in the same space.
     */
    followElsewhere(frames: readonly Frame[], view: View, isLed: boolean, links: Links): void {
      const before = ports.get(ELSEWHERE);
      const isNew = before?.frames !== frames || !before.view;
      if (isNew) made.put(ELSEWHERE, frames, LOOKED_AT_ELSEWHERE);
      made.note(ELSEWHERE, view, !isLed, links);
      const [frame, now] = [frames[view.index], ports.get(ELSEWHERE)];
      if (!isNew || isLed || !links.scroll || !frame || !now) return;
      for (const [to, target] of ports) {
        const other = frameOf(target);
        if (to !== ELSEWHERE && other && sharesSpace(frame, other))
          scroll(ELSEWHERE, now, now, to, target);
      }
    },
    /** Another stack in a viewport has to be registered with the others anew. */
    put(at: number, frames: readonly Frame[], handle: ViewportHandle | null): void {
      const before = ports.get(at);
      const isSame = before?.frames === frames;
      if (!isSame) forgetAt(at);
      if (handle) ports.set(at, { frames, handle, view: isSame ? before.view : null });
      else ports.delete(at);
    },
    /** Linked anew: the slices now on screen correspond. */
    forget: () => registrations.clear(),
    /** It has become known how stacks lie apart: the others go to where the one at a place is. */
    settle(at: number): void {
      registrations.clear();
      const now = ports.get(at);
      for (const [to, target] of ports)
        if (now && to !== at && to !== ELSEWHERE && offsetOf(now.frames, target.frames) !== null)
          scroll(at, now, now, to, target);
    },
    forgetElsewhere: () => forgetAt(ELSEWHERE),
    /** The case that was looked at in the other window too is no longer here. */
    leaveElsewhere(): void {
      made.put(ELSEWHERE, [], null);
    },
    /** Notes what a viewport shows; when it is the one being used, the linked ones follow. */
    note(at: number, view: View, isActive: boolean, links: Links): void {
      const before = ports.get(at);
      if (!before) return;
      const now = { ...before, view };
      ports.set(at, now);
      const isLed = at !== ELSEWHERE && !leads();
      // A stack that just came on screen moves nothing before something is done in it.
      const isStill = isLed || !frameOf(before);
      if (isActive && at !== ELSEWHERE) tell(before.frames, view, isStill);
      if (isLed && !frameOf(before)) begin(now, links);
      if (!isActive || !before.view || view.index < 0) return;
      // Where it was led to, the others here were led as well.
      const {
        scroll: scrolls,
        zoom: zooms,
        window: windows,
      } = isLed ? { ...links, scroll: false, window: false } : links;
      const frame = frameOf(now);
      for (const [to, target] of ports) {
        const other = frameOf(target);
        if (to === at || !frame || !other) continue;
        if (scrolls && before.view.index !== view.index && before.view.index >= 0)
          scroll(at, before, now, to, target);
        const gaze = zooms && before.view.affine !== view.affine ? now.handle.gaze(view) : null;
        const there = gaze && (sharesSpace(frame, other) ? gaze : breastGaze(frame, gaze, other));
        // where one was hung, by fitting or by another size of the window, the others hang too
        if (there && view.isHung) target.handle.fit();
        else if (there) target.handle.lookAt(there);
        const isWindowNew = view.window && isOther(before.view.window, view.window);
        if (windows && isWindowNew && sharesWindows(frame, other))
          target.handle.setWindow(view.window);
      }
    },
  };
  return made;
}

const isSamePlace = (one: Frame | undefined, other: Frame | undefined): boolean =>
  one?.isPlaced === true && other?.isPlaced === true && placeOf(one) === placeOf(other);

const isOther = (one: View['window'], other: View['window']): boolean =>
  one?.center !== other?.center || one?.width !== other?.width;

export const ports = createPorts(isLeading, knownOffset);
